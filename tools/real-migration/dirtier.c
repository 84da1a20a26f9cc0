/* The guest's only process: writes to random pages of a working set at a rate kept by the clock.
 *
 * Arguments, behind "--" on the kernel's command line: pages, writes a second.
 * Says "dirtier: ready" on the serial line once every page holds noise that does not compress.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, TICK_NS = 2000000 };

static uint64_t state = 88172645463325252ull;

static uint64_t noise(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void say(const char *text)
{
    int line = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);
    if (line >= 0) {
        dprintf(line, "dirtier: %s\n", text);
        close(line);
    }
}

/* The kernel panics when its first process ends; sleep instead, the host sees no "ready". */
static void give_up(const char *why)
{
    say(why);
    for (;;)
        pause();
}

static void keep_writing(uint8_t *memory, uint64_t pages, double per_second)
{
    struct timespec start, now, tick = { 0, TICK_NS };
    uint64_t done = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        double seconds = (now.tv_sec - start.tv_sec) + (now.tv_nsec - start.tv_nsec) / 1e9;
        for (uint64_t due = seconds * per_second; done < due; done++) {
            uint64_t at = noise();
            *(uint64_t *)(memory + at % pages * PAGE + (at >> 40) % (PAGE / 8) * 8) = at;
        }
        nanosleep(&tick, NULL);
    }
}

int main(int count, char **arguments)
{
    mkdir("/dev", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    if (count < 3)
        give_up("needs pages and writes a second");
    uint64_t pages = strtoull(arguments[1], NULL, 10);
    double per_second = strtod(arguments[2], NULL);
    uint8_t *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == 0 || memory == MAP_FAILED)
        give_up("has no room for its working set");
    madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
    for (uint64_t at = 0; at < pages * PAGE; at += 8)
        *(uint64_t *)(memory + at) = noise();
    say("ready");
    keep_writing(memory, pages, per_second);
}
