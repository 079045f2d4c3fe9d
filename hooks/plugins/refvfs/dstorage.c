/* SPDX-License-Identifier: MIT */
/*
 * The other way to virtualise DirectStorage: made to read by handle (ForceMappingLayer), it needs no
 * hook on rings, and calls the same functions on every Windows. Every configuration goes on with
 * that field set; who never configures is configured when he asks for the factory. Nothing here asks
 * for the bypass: there is one factory in a process, and a provider's own use may make it.
 */
#include "hooks/plugins/layer/mutant.h"
#include "hooks/plugins/refvfs/ring.h"

#include <dstoragecore_x.h>

#include <stdio.h>
#include <string.h>

#define LOCKED ((HRESULT)0x8924001F)

static HRESULT(WINAPI *vl_original_DStorageSetConfiguration)(const DSTORAGE_CONFIGURATION *);
static HRESULT(WINAPI *vl_original_DStorageSetConfiguration1)(const DSTORAGE_CONFIGURATION1 *);
static HRESULT(WINAPI *vl_original_DStorageSetConfiguration2)(const DSTORAGE_CONFIGURATION2 *);
static HRESULT(WINAPI *vl_original_DStorageSetConfigurationCore)(const DSTORAGE_CONFIGURATION1 *);
static HRESULT(WINAPI *vl_original_DStorageGetFactory)(REFIID, void **);
static HRESULT(WINAPI *vl_original_DStorageGetFactoryCore)(REFIID, void **);

/* A configuration with our field was taken: from then on the guard leaves it alone. */
static atomic_bool configured;

/* What was refused (too late, bad fields) is the program's to know. */
static HRESULT noted(HRESULT hr)
{
    if (SUCCEEDED(hr))
        atomic_store(&configured, true);
    return hr == LOCKED && VL_MUTANT(late_configuration_taken) ? S_OK : hr;
}

/* The caller's struct is const: a copy of it. NULL goes on as it came. */
#define DETOUR_CONFIGURATION(name, type, as_it_is)                 \
    static HRESULT WINAPI detour_##name(const type *configuration) \
    {                                                              \
        type forced;                                               \
                                                                   \
        if (!configuration || (as_it_is))                          \
            return noted(vl_original_##name(configuration));       \
        forced = *configuration;                                   \
        forced.ForceMappingLayer = TRUE;                           \
        return noted(vl_original_##name(&forced));                 \
    }

DETOUR_CONFIGURATION(DStorageSetConfiguration, DSTORAGE_CONFIGURATION, false)
DETOUR_CONFIGURATION(DStorageSetConfiguration1, DSTORAGE_CONFIGURATION1,
                     VL_MUTANT(configuration1_as_it_is))
DETOUR_CONFIGURATION(DStorageSetConfiguration2, DSTORAGE_CONFIGURATION2, false)
/* All three come by here again, where the runtime's other half could be hooked already. */
DETOUR_CONFIGURATION(DStorageSetConfigurationCore, DSTORAGE_CONFIGURATION1,
                     VL_MUTANT(configuration1_as_it_is))

/*
 * In front of the factory. When there is one already this is refused, and changes nothing. A program
 * that configured before we were attached loses what it said: the runtime tells nobody.
 */
static void guard(void)
{
    const DSTORAGE_CONFIGURATION forced = {.ForceMappingLayer = TRUE};
    const DSTORAGE_CONFIGURATION1 forced1 = {.ForceMappingLayer = TRUE};

    if (atomic_load(&configured) || VL_MUTANT(factory_unguarded))
        return;
    if (vl_original_DStorageSetConfiguration)
        noted(vl_original_DStorageSetConfiguration(&forced));
    else if (vl_original_DStorageSetConfigurationCore)
        noted(vl_original_DStorageSetConfigurationCore(&forced1));
}

static HRESULT WINAPI detour_DStorageGetFactory(REFIID riid, void **ppv)
{
    guard();
    return vl_original_DStorageGetFactory(riid, ppv);
}

static HRESULT WINAPI detour_DStorageGetFactoryCore(REFIID riid, void **ppv)
{
    guard();
    return vl_original_DStorageGetFactoryCore(riid, ppv);
}

static const struct vl_detour detours[] = {
    VL_DETOUR("dstorage", DStorageSetConfiguration),
    VL_DETOUR("dstorage", DStorageSetConfiguration1),
    VL_DETOUR("dstorage", DStorageSetConfiguration2),
    VL_DETOUR("dstorage", DStorageGetFactory),
    VL_DETOUR("dstoragecore", DStorageSetConfigurationCore),
    VL_DETOUR("dstoragecore", DStorageGetFactoryCore),
    VL_DETOUR_END,
};

/* Programs load it later than hooks: what is not there cannot be hooked. */
bool rv_dstorage_create(void)
{
    LoadLibraryW(VL_W("dstorage.dll"));
    return vl_detours_create(detours);
}
