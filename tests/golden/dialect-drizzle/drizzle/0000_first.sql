CREATE TABLE `a` (`x` integer)
--> statement-breakpoint
CREATE TABLE `b` (`x` integer);--> statement-breakpoint
CREATE INDEX `i` ON `b` (`x`);
