/*
 * target.c - where a call wants a database to be.
 */
#include "engine/engine.h"

migci_target migci_target_of(int64_t version) {
    if (version == MIGC_LATEST)
        return (migci_target){NULL, 0};
    return (migci_target){&migci_to, version ? version : MIGCI_NOTHING};
}
