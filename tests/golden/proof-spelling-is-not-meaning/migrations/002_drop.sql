-- up
DROP TABLE users;
-- down
create table "Users"([ID] integer,`email` text default ('none') not null, constraint one unique(email), primary key("id"));
