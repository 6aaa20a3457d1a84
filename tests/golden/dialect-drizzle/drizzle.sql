CREATE TABLE `a` (`x` integer);
CREATE TABLE `b` (`x` integer);
CREATE INDEX `i` ON `b` (`x`);
