# Leaders die while each migration is a transaction of its own: exactly once, and the replicas agree.
. "$(dirname "$0")/../../lib.sh"
part=1
. "$ROOT/tests/dqlite/campaign.sh"

scenario "N14: leaders die while each migration is a transaction of its own"
make_host
campaign 200 --each
