/* SPDX-License-Identifier: MIT */
/*
 * A TCP echo server on one I/O ring and one thread: Linux sockets become Windows handles with
 * ringer_adopt_fd, and every connection has one operation in flight, a read or a write.
 *     ./echo_ring 7007             serves until it is killed;   nc localhost 7007
 *     ./echo_ring --check          serves a few clients of its own and says whether they were
 * echoed
 */
#include <windows.h>
#include <ioringapi.h>
#include <ringer.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, CHUNK = 4096, CHECK_CLIENTS = 4, CHECK_ROUNDS = 50 };

/* The completion carries the connection's index; what it was is what the connection was doing. */
struct connection {
    HANDLE socket; /* NULL: free */
    BOOL writing;
    UINT32 nbytes, done; /* while writing */
    char data[CHUNK];
};

struct server {
    HIORING ring;
    struct connection connections[CONNECTIONS];
    UINT32 open;
};

static HRESULT next(struct server *server, UINT32 index)
{
    struct connection *connection = &server->connections[index];
    IORING_HANDLE_REF socket = IoRingHandleRefFromHandle(connection->socket);
    IORING_BUFFER_REF data = IoRingBufferRefFromPointer(connection->data + connection->done);

    /* Sockets have no offsets: the ring ignores the one given. */
    if (connection->writing)
        return BuildIoRingWriteFile(server->ring, socket, data,
                                    connection->nbytes - connection->done, 0, FILE_WRITE_FLAGS_NONE,
                                    index, IOSQE_FLAGS_NONE);
    return BuildIoRingReadFile(server->ring, socket, data, CHUNK, 0, index, IOSQE_FLAGS_NONE);
}

static void hang_up(struct server *server, struct connection *connection)
{
    CloseHandle(connection->socket);
    connection->socket = NULL;
    server->open--;
}

static HRESULT welcome(struct server *server, int fd)
{
    for (UINT32 i = 0; i < CONNECTIONS; i++) {
        struct connection *connection = &server->connections[i];

        if (connection->socket)
            continue;
        connection->socket =
            ringer_adopt_fd(fd, GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
        if (connection->socket == INVALID_HANDLE_VALUE) {
            connection->socket = NULL;
            break;
        }
        connection->writing = FALSE;
        connection->done = 0;
        server->open++;
        return next(server, i);
    }
    close(fd); /* full */
    return S_OK;
}

static HRESULT advance(struct server *server, const IORING_CQE *cqe)
{
    struct connection *connection = &server->connections[cqe->UserData];
    UINT32 moved = (UINT32)cqe->Information;

    if (FAILED(cqe->ResultCode) || moved == 0) { /* a read of nothing: the peer is gone */
        hang_up(server, connection);
        return S_OK;
    }
    if (!connection->writing) {
        connection->writing = TRUE;
        connection->nbytes = moved;
    } else {
        connection->done += moved;
        if (connection->done == connection->nbytes) {
            connection->writing = FALSE;
            connection->done = 0;
        }
    }
    return next(server, (UINT32)cqe->UserData);
}

/* Takes one newcomer, if there is one; with no connection open it sleeps until there is. */
static HRESULT take_newcomer(struct server *server, int listener, UINT32 *accepted)
{
    struct pollfd ready = {listener, POLLIN, 0};
    int fd;

    if (poll(&ready, 1, server->open ? 0 : -1) != 1)
        return S_OK;
    fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return S_OK;
    ++*accepted;
    return welcome(server, fd);
}

/* Ends when clients is not 0 and as many have come and gone. */
static HRESULT serve(struct server *server, int listener, UINT32 clients)
{
    UINT32 accepted = 0;
    HRESULT hr = S_OK;
    IORING_CQE cqe;

    for (;;) {
        if (!clients || accepted < clients)
            hr = take_newcomer(server, listener, &accepted);
        else if (!server->open)
            return S_OK;
        if (FAILED(hr))
            return hr;
        if (!server->open)
            continue;
        /* Rings have no accept, so the wait is short: newcomers are looked for in between. */
        hr = SubmitIoRing(server->ring, 1, 10, NULL);
        if (hr == IORING_E_WAIT_TIMEOUT)
            hr = S_OK;
        while (SUCCEEDED(hr) && PopIoRingCompletion(server->ring, &cqe) == S_OK)
            hr = advance(server, &cqe);
        if (FAILED(hr))
            return hr;
    }
}

static int listen_on(unsigned short port, struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    socklen_t nbytes = sizeof *address;

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->sin_port = htons(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) || listen(fd, 16) ||
        getsockname(fd, (struct sockaddr *)address, &nbytes)) {
        perror("listen");
        exit(1);
    }
    return fd;
}

/* A client of --check: what it sends must come back, in order. NULL when it did. */
static void *client(void *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    void *failed = address;
    char sent[1000], back[1000];

    if (fd < 0 || connect(fd, address, sizeof(struct sockaddr_in)))
        goto out;
    for (int round = 0; round < CHECK_ROUNDS; round++) {
        size_t got = 0;

        memset(sent, 'a' + round % 26, sizeof sent);
        if (send(fd, sent, sizeof sent, MSG_NOSIGNAL) != (ssize_t)sizeof sent)
            goto out;
        while (got < sizeof back) {
            ssize_t n = recv(fd, back + got, sizeof back - got, 0);

            if (n <= 0)
                goto out;
            got += (size_t)n;
        }
        if (memcmp(sent, back, sizeof sent))
            goto out;
    }
    failed = NULL;
out:
    if (fd >= 0)
        close(fd);
    return failed;
}

int main(int argc, char **argv)
{
    IORING_CREATE_FLAGS flags = {IORING_CREATE_REQUIRED_FLAGS_NONE,
                                 IORING_CREATE_ADVISORY_FLAGS_NONE};
    BOOL check = argc == 2 && strcmp(argv[1], "--check") == 0;
    static struct server server;
    pthread_t clients[CHECK_CLIENTS];
    struct sockaddr_in address;
    int listener, failed = 0;
    HRESULT hr;

    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT | --check\n", argv[0]);
        return 2;
    }
    listener = listen_on(check ? 0 : (unsigned short)atoi(argv[1]), &address);
    hr = CreateIoRing(IORING_VERSION_3, flags, CONNECTIONS, 2 * CONNECTIONS, &server.ring);
    if (FAILED(hr)) {
        fprintf(stderr, "CreateIoRing: 0x%08x\n", (unsigned)hr);
        return 1;
    }
    for (int i = 0; check && i < CHECK_CLIENTS; i++)
        failed |= pthread_create(&clients[i], NULL, client, &address) != 0;
    hr = serve(&server, listener, check ? CHECK_CLIENTS : 0);
    if (FAILED(hr))
        fprintf(stderr, "the ring failed: 0x%08x\n", (unsigned)hr);
    for (int i = 0; check && i < CHECK_CLIENTS; i++) {
        void *result = &address;

        pthread_join(clients[i], &result);
        failed |= result != NULL;
    }
    CloseIoRing(server.ring);
    close(listener);
    printf("%s\n", failed || FAILED(hr) ? "not echoed" : "echoed");
    return failed || FAILED(hr);
}
