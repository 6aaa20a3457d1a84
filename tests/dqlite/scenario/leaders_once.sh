# Leaders die while all migrations are one transaction: exactly once, and the replicas agree.
. "$(dirname "$0")/../../lib.sh"
part=2
. "$ROOT/tests/dqlite/campaign.sh"

scenario "N14: leaders die while all migrations are one transaction"
make_host
campaign 60
