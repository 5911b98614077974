/*
 * Closed-loop clients for a decoy on loopback: each connects from the next of SOURCES addresses, sends an HTTP request,
 * reads until the server closes, and starts over, CLIENTS of them at a time, CONNECTIONS in all.
 *
 *   gcc -O2 -o load load.c
 *   ./load PORT CLIENTS CONNECTIONS SOURCES [SECONDS [equal|varied [RATE]]]
 *
 * With `varied` no two requests are equal, as from a browser or a fuzzer; else all are, as from a scanner. With RATE at most so many
 * connections begin each second.
 *
 * Prints one line: ok N failed N seconds S rate R p50ms M p99ms M
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST_SOURCE 0x7f020001u /* 127.2.0.1 */
#define EVENTS 512

static const char request[] =
    "GET /login HTTP/1.1\r\nHost: decoy.example\r\nUser-Agent: load/1.0\r\nAccept: */*\r\n\r\n";

struct client {
  int socket;
  int has_asked;
  uint64_t began_ns;
};

static int epoll, port, sources, varied;
static uint32_t next_source, next_request;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(2);
}

static void begin(struct client *client) {
  struct sockaddr_in source = {.sin_family = AF_INET}, server = {.sin_family = AF_INET};
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = client};
  struct linger no_trace = {.l_onoff = 1, .l_linger = 0}; /* our end must not run out of ports in TIME_WAIT */
  int on = 1;
  source.sin_addr.s_addr = htonl(FIRST_SOURCE + next_source++ % (uint32_t)sources);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server.sin_port = htons((uint16_t)port);
  client->has_asked = 0;
  client->began_ns = now_ns();
  client->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (client->socket < 0) fail("socket");
  setsockopt(client->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &no_trace, sizeof no_trace);
  if (bind(client->socket, (struct sockaddr *)&source, sizeof source) < 0) fail("bind");
  if (connect(client->socket, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) fail("connect");
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->socket, &event) < 0) fail("epoll_ctl");
}

/* Returns 1 when the connection ended as expected, -1 when it failed, 0 while it is open. */
static int go_on(struct client *client) {
  char answer[4096];
  ssize_t got;
  if (!client->has_asked) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = client};
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(client->socket, SOL_SOCKET, SO_ERROR, &error, &size);
    char own[256];
    const char *text = request;
    size_t length = sizeof request - 1;
    if (varied) {
      text = own;
      length = (size_t)snprintf(own, sizeof own,
                                "GET /item/%u HTTP/1.1\r\nHost: decoy.example\r\nUser-Agent: load/1.0\r\n"
                                "Accept: */*\r\nCookie: session=%08x\r\n\r\n",
                                next_request, next_request * 2654435761u);
      next_request++;
    }
    if (error != 0 || send(client->socket, text, length, MSG_NOSIGNAL) < 0) return -1;
    client->has_asked = 1;
    epoll_ctl(epoll, EPOLL_CTL_MOD, client->socket, &event);
    return 0;
  }
  while ((got = recv(client->socket, answer, sizeof answer, 0)) > 0) continue;
  if (got == 0 || errno == ECONNRESET) return 1;
  return errno == EAGAIN ? 0 : -1;
}

static int ascending(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

int main(int count, char **words) {
  if (count < 5) {
    fprintf(stderr, "usage: load PORT CLIENTS CONNECTIONS SOURCES [SECONDS [equal|varied [RATE]]]\n");
    return 2;
  }
  port = atoi(words[1]);
  sources = atoi(words[4]);
  int clients = atoi(words[2]), connections = atoi(words[3]), begun = 0, over = 0, ok = 0;
  double seconds = count > 5 ? atof(words[5]) : 60;
  varied = count > 6 && strcmp(words[6], "varied") == 0;
  double rate = count > 7 ? atof(words[7]) : 0;
  if (port < 1 || clients < 1 || connections < 1 || sources < 1) return 2;
  struct client *all = calloc((size_t)clients, sizeof *all), **idle = calloc((size_t)clients, sizeof *idle);
  int idlers = 0;
  uint64_t *took = malloc(sizeof *took * (size_t)connections), began = now_ns();
  struct epoll_event events[EVENTS];
  if (all == NULL || idle == NULL || took == NULL || (epoll = epoll_create1(0)) < 0) fail("start");
  while (idlers < clients) {
    idle[idlers] = &all[idlers];
    idlers++;
  }
  for (;;) {
    double elapsed = (double)(now_ns() - began) / 1e9;
    if (over >= connections || elapsed >= seconds) break;
    for (; idlers > 0 && begun < connections && (rate <= 0 || begun < elapsed * rate); begun++) begin(idle[--idlers]);
    int ready = epoll_wait(epoll, events, EVENTS, rate <= 0 ? 100 : 1);
    for (int i = 0; i < ready; i++) {
      struct client *client = events[i].data.ptr;
      int result = go_on(client);
      if (result == 0) continue;
      if (result > 0) took[ok++] = now_ns() - client->began_ns;
      over++;
      close(client->socket);
      idle[idlers++] = client;
    }
  }
  double elapsed = (double)(now_ns() - began) / 1e9;
  qsort(took, (size_t)ok, sizeof *took, ascending);
  printf("ok %d failed %d seconds %.3f rate %.0f p50ms %.2f p99ms %.2f\n", ok, connections - ok, elapsed, ok / elapsed,
         ok ? (double)took[ok / 2] / 1e6 : 0, ok ? (double)took[(int)(ok * 0.99)] / 1e6 : 0);
  return ok == connections ? 0 : 1;
}
