/* SPDX-License-Identifier: MIT */
/* What a Linux host can say of itself; the rest of the list is answered honestly. */
#include "conformance/trace/provenance.h"

#include "conformance/trace/sha256.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>

/* The list; a value that is not NULL is what every Linux host would say. */
static const struct {
    const char *key, *here;
} fields[] = {
    {"os_product", NULL},
    {"os_edition", NULL},
    {"os_build", NULL},
    {"process_arch", NULL},
    {"native_arch", NULL},
    {"hypervisor", NULL},
    {"kernelbase_version", NULL},
    {"kernelbase_sha256", NULL},
    {"ntdll_version", NULL},
    {"ntdll_sha256", NULL},
    {"ntoskrnl_version", NULL},
    {"ntoskrnl_sha256", NULL},
    {"dstorage_version", "none"},
    {"dstorage_sha256", "none"},
    {"dstoragecore_version", "none"},
    {"dstoragecore_sha256", "none"},
    {"cluster_bytes", NULL},
    {"physical_sector_bytes", NULL},
    {"logical_sector_bytes", NULL},
    {"volume_kind", NULL},
    {"storage_driver", NULL},
    {"bus_type", NULL},
    {"write_cache", NULL},
    {"bypassio", "none"},
    {"file_flags", NULL},
    {"minifilters", "none"},
    {"defender", "none"},
    {"power_plan", NULL},
    {"timer_resolution_ns", NULL},
    {"gpu", NULL},
    {"etw_lost", "none"},
    {"run_index", NULL},
    {"seed", "none"},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
_Static_assert(FIELD_COUNT <= CF_PROVENANCE_COUNT, "room for every field");

const char *const *cf_provenance_keys(size_t *count_out)
{
    static const char *keys[FIELD_COUNT];

    for (size_t i = 0; i < FIELD_COUNT; i++)
        keys[i] = fields[i].key;
    *count_out = FIELD_COUNT;
    return keys;
}

static void set(struct cf_provenance *p, const char *key, const char *value)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!strcmp(fields[i].key, key) && value && *value)
            snprintf(p->texts[i], sizeof(p->texts[i]), "%s", value);
    }
}

static void set_number(struct cf_provenance *p, const char *key, unsigned long long value)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", value);
    set(p, key, text);
}

/* The first line of a file, without its end; false when there is none. */
static bool first_line(const char *path, char *text, size_t nbytes)
{
    FILE *file = fopen(path, "re");
    bool good = file && fgets(text, (int)nbytes, file);

    if (file)
        fclose(file);
    if (good)
        text[strcspn(text, "\n")] = '\0';
    return good && *text;
}

static void hash_file(const char *path, char hex[CF_SHA256_HEX_SIZE])
{
    unsigned char bytes[16384];
    struct cf_sha256 sha;
    size_t nbytes;
    FILE *file = fopen(path, "re");

    *hex = '\0';
    if (!file)
        return;
    cf_sha256_init(&sha);
    while ((nbytes = fread(bytes, 1, sizeof(bytes), file)) > 0)
        cf_sha256_add(&sha, bytes, nbytes);
    if (!ferror(file))
        cf_sha256_hex(&sha, hex);
    fclose(file);
}

/* ---- the system ---- */

static void ask_release(struct cf_provenance *p)
{
    FILE *file = fopen("/etc/os-release", "re");
    char line[256];

    while (file && fgets(line, sizeof(line), file)) {
        char *value = strchr(line, '=');

        if (!value)
            continue;
        *value++ = '\0';
        value += *value == '"';
        value[strcspn(value, "\"\n")] = '\0';
        if (!strcmp(line, "PRETTY_NAME"))
            set(p, "os_product", value);
        else if (!strcmp(line, "VARIANT_ID"))
            set(p, "os_edition", value);
    }
    if (file)
        fclose(file);
}

static void ask_kernel(struct cf_provenance *p)
{
    struct utsname name;
    struct timespec resolution;

    if (!uname(&name)) {
        set(p, "os_build", name.release);
        set(p, "native_arch", name.machine);
        set(p, "ntoskrnl_version", name.release);
        snprintf(p->build, sizeof(p->build), "%.63s", name.release);
    }
#if defined(__x86_64__)
    snprintf(p->arch, sizeof(p->arch), "x86_64");
#elif defined(__aarch64__)
    snprintf(p->arch, sizeof(p->arch), "aarch64");
#endif
    set(p, "process_arch", p->arch);
    if (!clock_getres(CLOCK_MONOTONIC, &resolution))
        set_number(p, "timer_resolution_ns", (unsigned long long)resolution.tv_nsec);
}

/* The flag of CPUID shows among the processor's flags; no such list, no word. */
static void ask_hypervisor(struct cf_provenance *p)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[4096];

    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        set(p, "hypervisor", strstr(line, " hypervisor") ? "present" : "none");
        break;
    }
    if (file)
        fclose(file);
}

static void ask_power(struct cf_provenance *p)
{
    char text[64];

    if (first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof(text)))
        set(p, "power_plan", text);
}

/* ---- the volume ---- */

static const char *file_system_name(unsigned long magic)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } names[] = {{0xef53, "ext"},       {0x58465342, "xfs"},   {0x9123683e, "btrfs"},
                 {0x01021994, "tmpfs"}, {0x794c7630, "overlay"}, {0x2fc12fc1, "zfs"},
                 {0x6969, "nfs"},       {0xf2f52010, "f2fs"},  {0x65735546, "fuse"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].magic == magic)
            return names[i].name;
    }
    return NULL;
}

static bool is_network(unsigned long magic)
{
    return magic == 0x6969 || magic == 0xff534d42 || magic == 0xfe534d42;
}

static void ask_queue(struct cf_provenance *p, const struct stat *info, const char *name, const char *key)
{
    char path[160], text[64];

    /* a partition has no queue of its own: its disk is the folder above */
    snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/queue/%s", major(info->st_dev), minor(info->st_dev), name);
    if (!first_line(path, text, sizeof(text))) {
        snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/../queue/%s", major(info->st_dev),
                 minor(info->st_dev), name);
        if (!first_line(path, text, sizeof(text)))
            return;
    }
    set(p, key, text);
}

void cf_provenance_volume(struct cf_provenance *p, const char *dir)
{
    struct statfs volume;
    struct stat info;

    if (!dir || statfs(dir, &volume) || stat(dir, &info))
        return;
    if (file_system_name((unsigned long)volume.f_type))
        snprintf(p->file_system, sizeof(p->file_system), "%s", file_system_name((unsigned long)volume.f_type));
    else
        snprintf(p->file_system, sizeof(p->file_system), "0x%lx", (unsigned long)volume.f_type);
    set_number(p, "cluster_bytes", (unsigned long long)volume.f_bsize);
    if (is_network((unsigned long)volume.f_type))
        set(p, "volume_kind", "network");
    else if (!major(info.st_dev))
        set(p, "volume_kind", "virtual");
    else
        set(p, "volume_kind", "fixed");
    ask_queue(p, &info, "physical_block_size", "physical_sector_bytes");
    ask_queue(p, &info, "logical_block_size", "logical_sector_bytes");
    ask_queue(p, &info, "write_cache", "write_cache");
}

/* ---- the API and the recorder ---- */

static void ask_images(struct cf_provenance *p, const void *image)
{
    char hex[CF_SHA256_HEX_SIZE];
    Dl_info info;

    hash_file("/proc/self/exe", hex);
    snprintf(p->image_sha256, sizeof(p->image_sha256), "%s", hex);
    if (!image || !dladdr(image, &info) || !info.dli_fname)
        return;
    hash_file(info.dli_fname, hex);
    set(p, "kernelbase_sha256", hex);
    set(p, "ntdll_sha256", hex); /* one library plays both */
}

void cf_provenance_collect(struct cf_provenance *p, const void *image)
{
    memset(p, 0, sizeof(*p));
    for (size_t i = 0; i < FIELD_COUNT; i++)
        snprintf(p->texts[i], sizeof(p->texts[i]), "%s", fields[i].here ? fields[i].here : "unknown");
    ask_release(p);
    ask_kernel(p);
    ask_hypervisor(p);
    ask_power(p);
    ask_images(p, image);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        p->pairs[i] = (struct cf_trace_pair){fields[i].key, p->texts[i]};
    p->count = FIELD_COUNT;
}

void cf_provenance_apply(const struct cf_provenance *p, struct cf_trace_header *header)
{
    header->system = p->pairs;
    header->system_count = p->count;
    header->build = *p->build ? p->build : NULL;
    header->arch = *p->arch ? p->arch : NULL;
    header->file_system = *p->file_system ? p->file_system : NULL;
    header->recorder_sha256 = *p->image_sha256 ? p->image_sha256 : NULL;
#if defined(__clang__)
    header->recorder_compiler = "clang " __clang_version__;
#elif defined(__VERSION__)
    header->recorder_compiler = "gcc " __VERSION__;
#endif
}
