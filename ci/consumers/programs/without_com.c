// SPDX-License-Identifier: MIT
/* Reads test.txt and writes its end, without COM and without a Windows header. C and C++. */
#include <ringer_ds.h>
#include <stdio.h>
#include <string.h>

#ifdef _WINDOWS_
#error a Windows header came with it
#endif

static int failed(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    return 1;
}

int main(void)
{
    struct ringer_ds_params params;
    struct ringer_ds_request requests[2];
    struct ringer_ds_result results[2];
    struct ringer_ds_file *file;
    struct ringer_ds *ds;
    char buffer[5] = "", better[] = "dinger";
    int error;

    memset(&params, 0, sizeof(params));
    params.size = sizeof(params);
    params.workers = 2;
    error = ringer_ds_create(&params, &ds);
    if (error)
        return failed("create", -error);
    error = ringer_ds_open(ds, "test.txt", RINGER_DS_READ | RINGER_DS_WRITE, &file);
    if (error)
        return failed("open", -error);
    memset(requests, 0, sizeof(requests));
    for (int i = 0; i < 2; i++) {
        requests[i].size = sizeof(requests[i]);
        requests[i].file = file;
    }
    requests[0].kind = RINGER_DS_REQUEST_WRITE;
    requests[0].offset = 6;
    requests[0].nbytes = 6;
    requests[0].memory = better;
    requests[1].offset = 7;
    requests[1].nbytes = 5;
    requests[1].memory = buffer;
    requests[1].flags = RINGER_DS_CHAINED;
    error = ringer_ds_enqueue(ds, requests, 2, NULL);
    if (error)
        return failed("enqueue", -error);
    if (ringer_ds_submit_all(ds) != 2 || ringer_ds_wait_all(ds, RINGER_DS_FOREVER))
        return failed("wait", 0);
    if (ringer_ds_take_completed(ds, results, 2, sizeof(results[0])) != 2 || results[0].status ||
        results[1].status)
        return failed("requests", results[1].error);
    if (memcmp(buffer, "inger", 5))
        return failed("bytes", 0);
    return ringer_ds_free(ds) ? failed("free", 0) : 0;
}
