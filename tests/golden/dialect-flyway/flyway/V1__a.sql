CREATE TABLE ${tbl}(x);
