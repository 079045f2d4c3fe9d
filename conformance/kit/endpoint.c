/* SPDX-License-Identifier: MIT */
/* Ends that are no files of the run: connected sockets, and a volume without room. */
#ifdef _WIN32
#include <winsock2.h>
#include <mswsock.h>
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <ringer.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

#include "conformance/kit/endpoint.h"

#include <string.h>

#ifdef _WIN32
typedef SOCKET native_socket;
#define NO_SOCKET INVALID_SOCKET
#define close_socket closesocket
#else
typedef int native_socket;
#define NO_SOCKET (-1)
#define close_socket close
#endif

static bool start_sockets(void)
{
#ifdef _WIN32
    WSADATA data;

    return !WSAStartup(MAKEWORD(2, 2), &data);
#else
    return true;
#endif
}

/* Listens on a port of the system's choice and connects to it; the peer waits to be accepted. */
static native_socket listen_and_connect(native_socket *peer_out)
{
    native_socket listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    struct sockaddr_in address;
#ifdef _WIN32
    int nbytes = sizeof address;
#else
    socklen_t nbytes = sizeof address;
#endif

    *peer_out = NO_SOCKET;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener == NO_SOCKET || bind(listener, (struct sockaddr *)&address, sizeof address) ||
        listen(listener, 1) || getsockname(listener, (struct sockaddr *)&address, &nbytes)) {
        return listener;
    }
    *peer_out = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (*peer_out != NO_SOCKET &&
        connect(*peer_out, (struct sockaddr *)&address, sizeof address)) {
        close_socket(*peer_out);
        *peer_out = NO_SOCKET;
    }
    return listener;
}

#ifdef _WIN32
static native_socket accept_ex(native_socket listener)
{
    char addresses[2 * (sizeof(struct sockaddr_in) + 16)];
    GUID id = WSAID_ACCEPTEX;
    LPFN_ACCEPTEX accept_fn = NULL;
    OVERLAPPED overlapped;
    native_socket made;
    DWORD nbytes = 0;
    bool good;

    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_fn,
                 sizeof accept_fn, &nbytes, NULL, NULL)) {
        return NO_SOCKET;
    }
    made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&overlapped, 0, sizeof overlapped);
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    good = accept_fn(listener, made, addresses, 0, sizeof addresses / 2, sizeof addresses / 2,
                     &nbytes, &overlapped) ||
           (WSAGetLastError() == ERROR_IO_PENDING &&
            GetOverlappedResult((HANDLE)listener, &overlapped, &nbytes, TRUE));
    good = good && !setsockopt(made, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (const char *)&listener,
                               sizeof listener);
    CloseHandle(overlapped.hEvent);
    if (!good) {
        close_socket(made);
    }
    return good ? made : NO_SOCKET;
}
#endif

/* The handle of a socket: Windows' sockets are handles, overlapped unless asked otherwise. */
static HANDLE handle_of(native_socket socket)
{
#ifdef _WIN32
    return (HANDLE)socket;
#else
    HANDLE handle = ringer_adopt_fd(socket, GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);

    if (handle == INVALID_HANDLE_VALUE) {
        close(socket);
    }
    return handle;
#endif
}

static native_socket accepted(native_socket listener, bool by_accept_ex)
{
#ifdef _WIN32
    return by_accept_ex ? accept_ex(listener) : accept(listener, NULL, NULL);
#else
    (void)by_accept_ex;
    return accept(listener, NULL, NULL);
#endif
}

const char *cf_sockets_make(bool by_accept_ex, HANDLE ends_out[2])
{
    native_socket listener, ends[2];

#ifndef _WIN32
    if (by_accept_ex) {
        return "this system has no AcceptEx";
    }
#endif
    if (!start_sockets()) {
        return "this system has no sockets";
    }
    listener = listen_and_connect(&ends[1]);
    ends[0] = ends[1] == NO_SOCKET ? NO_SOCKET : accepted(listener, by_accept_ex);
    if (listener != NO_SOCKET) {
        close_socket(listener);
    }
    if (ends[0] == NO_SOCKET) {
        if (ends[1] != NO_SOCKET) {
            close_socket(ends[1]);
        }
        return "no TCP connection on the loopback";
    }
    ends_out[0] = handle_of(ends[0]);
    ends_out[1] = handle_of(ends[1]);
    return NULL;
}

const char *cf_full_make(DWORD flags, HANDLE *handle_out)
{
#ifdef _WIN32
    (void)flags;
    (void)handle_out;
    return "no volume is full here, and none is filled for a test";
#else
    int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        return "no device that is always full";
    }
    *handle_out = ringer_adopt_fd(fd, GENERIC_READ | GENERIC_WRITE, flags);
    if (*handle_out == INVALID_HANDLE_VALUE) {
        close(fd);
    }
    return NULL;
#endif
}
