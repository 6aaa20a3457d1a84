-- up
CREATE VIRTUAL TABLE vectors USING vec0(embedding float[4]);
-- down
DROP TABLE vectors;
