/*
 * stream.c - plain TCP, the default dial function.
 *
 * The kernel notices a node that has vanished: after 15 s if something was sent, after 11 s if not.
 */
#include "migc_dqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int descriptor_of(void *handle) {
    return *(int *)handle;
}

/* Returns 1 when it is ready, 0 after timeout_ms, -1 when it is broken. */
static int await_socket(int fd, short events, int timeout_ms) {
    struct pollfd poller = {fd, events, 0};
    int ready = poll(&poller, 1, timeout_ms);
    return ready < 0 && errno == EINTR ? 0 : ready;
}

static long result_of(ssize_t moved) {
    if (moved >= 0)
        return (long)moved;
    return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? MIGC_DQLITE_TIMED_OUT
                                                                     : MIGC_DQLITE_BROKEN;
}

static long read_socket(void *handle, void *bytes, size_t size, int timeout_ms) {
    int ready = await_socket(descriptor_of(handle), POLLIN, timeout_ms);
    if (ready <= 0)
        return ready ? MIGC_DQLITE_BROKEN : MIGC_DQLITE_TIMED_OUT;
    return result_of(recv(descriptor_of(handle), bytes, size, 0));
}

static long write_socket(void *handle, const void *bytes, size_t size, int timeout_ms) {
    int ready = await_socket(descriptor_of(handle), POLLOUT, timeout_ms);
    if (ready <= 0)
        return ready ? MIGC_DQLITE_BROKEN : MIGC_DQLITE_TIMED_OUT;
    return result_of(send(descriptor_of(handle), bytes, size, MSG_NOSIGNAL));
}

static void close_socket(void *handle) {
    close(descriptor_of(handle));
    free(handle);
}

static void set_socket_option(int fd, int level, int option, int value) {
    setsockopt(fd, level, option, &value, sizeof(value));
}

static bool connect_socket(int fd, const struct addrinfo *address, int timeout_ms) {
    int failure = 0;
    socklen_t size = sizeof(failure);
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return true;
    return errno == EINPROGRESS && await_socket(fd, POLLOUT, timeout_ms) == 1 &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
}

static int open_socket(const struct addrinfo *address, int timeout_ms) {
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd < 0)
        return -1;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        !connect_socket(fd, address, timeout_ms)) {
        close(fd);
        return -1;
    }
    set_socket_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_socket_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
    set_socket_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);
    set_socket_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
    set_socket_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
#endif
#ifdef TCP_USER_TIMEOUT
    set_socket_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 15000);
#endif
    return fd;
}

bool migc_dqlite_tcp(migc_dqlite_stream *stream, const char *host, const char *port, int timeout_ms,
                     void *user) {
    struct addrinfo hints = {0}, *addresses;
    int fd = -1;
    (void)user;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        return false;
    for (const struct addrinfo *address = addresses; address && fd < 0; address = address->ai_next)
        fd = open_socket(address, timeout_ms);
    freeaddrinfo(addresses);
    int *handle = fd < 0 ? NULL : malloc(sizeof(*handle));
    if (!handle) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    *handle = fd;
    *stream = (migc_dqlite_stream){handle, read_socket, write_socket, close_socket};
    return true;
}
