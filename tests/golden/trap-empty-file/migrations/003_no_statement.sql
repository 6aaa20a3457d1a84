-- up
;;
-- down
