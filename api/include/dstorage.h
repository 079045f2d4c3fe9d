/* SPDX-License-Identifier: MIT */
/*
 * DirectStorage: many small reads, from files or memory into memory or GPU resources, decompressed
 * on the way. Names, values, layouts, IIDs and vtable orders are Windows'; of 1.0 to 1.3, and of
 * the 1.4 preview what is known. C (lpVtbl, COBJMACROS) and C++ (IID_PPV_ARGS, __uuidof).
 * Direct3D's types are only named here, apart from three plain structs, unless its own header can
 * be found.
 */
#ifndef __DSTORAGE_H__
#define __DSTORAGE_H__

#include <windows.h>
#include <unknwn.h>
#include <dstorageerr.h>

#ifndef __cplusplus
#include <stdbool.h>
#endif

#if defined(_WIN32)
#include <d3d12.h>
#elif defined(RINGER_HAS_DIRECTX_TYPES)
#if __has_include(<directx/d3d12.h>)
#include <directx/d3d12.h>
#else
#include <d3d12.h>
#endif
#elif !defined(__d3d12_h__)
#ifdef __cplusplus
struct ID3D12Device;
struct ID3D12Fence;
struct ID3D12Resource;
#else
typedef struct ID3D12Device ID3D12Device;
typedef struct ID3D12Fence ID3D12Fence;
typedef struct ID3D12Resource ID3D12Resource;
#endif
typedef struct D3D12_BOX {
    UINT left, top, front;
    UINT right, bottom, back;
} D3D12_BOX;
typedef struct D3D12_TILED_RESOURCE_COORDINATE {
    UINT X, Y, Z;
    UINT Subresource;
} D3D12_TILED_RESOURCE_COORDINATE;
typedef struct D3D12_TILE_REGION_SIZE {
    UINT NumTiles;
    BOOL UseBox;
    UINT Width;
    UINT16 Height;
    UINT16 Depth;
} D3D12_TILE_REGION_SIZE;
#endif

/* minor * 100 + patch of the interface described here; 400 takes in the fields of the preview. */
#ifndef DSTORAGE_SDK_VERSION
#define DSTORAGE_SDK_VERSION 300
#endif

#define DSTORAGE_MIN_QUEUE_CAPACITY 0x80
#define DSTORAGE_MAX_QUEUE_CAPACITY 0x2000
#define DSTORAGE_REQUEST_MAX_NAME 64
#define DSTORAGE_DISABLE_BUILTIN_CPU_DECOMPRESSION (-1)

/* Enumerations have a size of their own, which C can only give to a number. */
#ifdef __cplusplus
#define DSTORAGE_ENUM(name, type) enum name : type
#else
#define DSTORAGE_ENUM(name, type)                                                                  \
    typedef type name;                                                                             \
    enum
#endif

#ifdef __GNUC__
#define DSTORAGE_MAYBE_UNUSED __attribute__((unused))
#else
#define DSTORAGE_MAYBE_UNUSED
#endif

#ifndef __cplusplus
typedef struct IDStorageFile IDStorageFile;
typedef struct IDStorageFactory IDStorageFactory;
typedef struct IDStorageStatusArray IDStorageStatusArray;
typedef struct IDStorageQueue IDStorageQueue;
typedef struct IDStorageQueue1 IDStorageQueue1;
typedef struct IDStorageQueue2 IDStorageQueue2;
typedef struct IDStorageQueue3 IDStorageQueue3;
typedef struct IDStorageCustomDecompressionQueue IDStorageCustomDecompressionQueue;
typedef struct IDStorageCustomDecompressionQueue1 IDStorageCustomDecompressionQueue1;
typedef struct IDStorageCompressionCodec IDStorageCompressionCodec;
#else
struct IDStorageFile;
struct IDStorageStatusArray;
#endif

DSTORAGE_ENUM(DSTORAGE_PRIORITY, INT8){
    DSTORAGE_PRIORITY_LOW = -1,
    DSTORAGE_PRIORITY_NORMAL = 0,
    DSTORAGE_PRIORITY_HIGH = 1,
    DSTORAGE_PRIORITY_REALTIME = 2,

    DSTORAGE_PRIORITY_FIRST = DSTORAGE_PRIORITY_LOW,
    DSTORAGE_PRIORITY_LAST = DSTORAGE_PRIORITY_REALTIME,
    DSTORAGE_PRIORITY_COUNT = 4,
};

DSTORAGE_ENUM(DSTORAGE_REQUEST_SOURCE_TYPE, UINT64){
    DSTORAGE_REQUEST_SOURCE_FILE = 0,
    DSTORAGE_REQUEST_SOURCE_MEMORY = 1,
};

DSTORAGE_ENUM(DSTORAGE_REQUEST_DESTINATION_TYPE, UINT64){
    DSTORAGE_REQUEST_DESTINATION_MEMORY = 0,
    DSTORAGE_REQUEST_DESTINATION_BUFFER = 1,
    DSTORAGE_REQUEST_DESTINATION_TEXTURE_REGION = 2,
    DSTORAGE_REQUEST_DESTINATION_MULTIPLE_SUBRESOURCES = 3,
    DSTORAGE_REQUEST_DESTINATION_TILES = 4,
    DSTORAGE_REQUEST_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE = 5, /* 1.3 */
};

DSTORAGE_ENUM(DSTORAGE_COMPRESSION_FORMAT, UINT8){
    DSTORAGE_COMPRESSION_FORMAT_NONE = 0,
    DSTORAGE_COMPRESSION_FORMAT_GDEFLATE = 1, /* 1.1 */
    DSTORAGE_COMPRESSION_FORMAT_ZSTD = 2,     /* 1.4 */
    DSTORAGE_CUSTOM_COMPRESSION_0 = 0x80,     /* and up to 0xFF: the program's own */
};

DSTORAGE_ENUM(DSTORAGE_DEBUG, UINT32){
    DSTORAGE_DEBUG_NONE = 0,
    DSTORAGE_DEBUG_SHOW_ERRORS = 1,
    DSTORAGE_DEBUG_BREAK_ON_ERROR = 2,
    DSTORAGE_DEBUG_RECORD_OBJECT_NAMES = 4,
};

typedef enum DSTORAGE_COMMAND_TYPE {
    DSTORAGE_COMMAND_TYPE_NONE = -1,
    DSTORAGE_COMMAND_TYPE_REQUEST = 0,
    DSTORAGE_COMMAND_TYPE_STATUS = 1,
    DSTORAGE_COMMAND_TYPE_SIGNAL = 2,
    DSTORAGE_COMMAND_TYPE_EVENT = 3, /* 1.1 */
} DSTORAGE_COMMAND_TYPE;

/* Two names; any other number of bytes may be asked for as well. */
DSTORAGE_ENUM(DSTORAGE_STAGING_BUFFER_SIZE, UINT32){
    DSTORAGE_STAGING_BUFFER_SIZE_0 = 0,
    DSTORAGE_STAGING_BUFFER_SIZE_32MB = 32 * 1024 * 1024,
};

DSTORAGE_ENUM(DSTORAGE_GET_REQUEST_FLAGS, UINT32){
    DSTORAGE_GET_REQUEST_FLAG_SELECT_CUSTOM = 1,
    DSTORAGE_GET_REQUEST_FLAG_SELECT_BUILTIN = 2,
    DSTORAGE_GET_REQUEST_FLAG_SELECT_ALL = 3,
};

DSTORAGE_ENUM(DSTORAGE_CUSTOM_DECOMPRESSION_FLAGS, UINT32){
    DSTORAGE_CUSTOM_DECOMPRESSION_FLAG_NONE = 0,
    DSTORAGE_CUSTOM_DECOMPRESSION_FLAG_DEST_IN_UPLOAD_HEAP = 1,
};

DSTORAGE_ENUM(DSTORAGE_COMPRESSION_SUPPORT, UINT32){
    DSTORAGE_COMPRESSION_SUPPORT_NONE = 0,
    DSTORAGE_COMPRESSION_SUPPORT_GPU_OPTIMIZED = 0x01,
    DSTORAGE_COMPRESSION_SUPPORT_GPU_FALLBACK = 0x02,
    DSTORAGE_COMPRESSION_SUPPORT_CPU_FALLBACK = 0x04,
    DSTORAGE_COMPRESSION_SUPPORT_USES_COMPUTE_QUEUE = 0x08,
    DSTORAGE_COMPRESSION_SUPPORT_USES_COPY_QUEUE = 0x10,
};

DSTORAGE_ENUM(DSTORAGE_COMPRESSION, INT32){
    DSTORAGE_COMPRESSION_FASTEST = -1,
    DSTORAGE_COMPRESSION_DEFAULT = 0,
    DSTORAGE_COMPRESSION_BEST_RATIO = 1,
};

/* When the fence of EnqueueRequests is waited for; NONE: before the destination is written. */
DSTORAGE_ENUM(DSTORAGE_ENQUEUE_REQUEST_FLAGS, UINT32){
    DSTORAGE_ENQUEUE_REQUEST_FLAG_NONE = 0,
    DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_GPU_WORK = 1,
    DSTORAGE_ENQUEUE_REQUEST_FLAG_FENCE_WAIT_BEFORE_SOURCE_ACCESS = 2,
};

DSTORAGE_ENUM(DSTORAGE_GACL_SHUFFLE_TRANSFORM_TYPE, UINT8){
    /* 1.4 */
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_NONE = 0,
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC1 = 1,
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC3 = 2,
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC4 = 3,
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_BC5 = 4,
};

#ifdef __cplusplus
DEFINE_ENUM_FLAG_OPERATORS(DSTORAGE_DEBUG)
DEFINE_ENUM_FLAG_OPERATORS(DSTORAGE_GET_REQUEST_FLAGS)
DEFINE_ENUM_FLAG_OPERATORS(DSTORAGE_CUSTOM_DECOMPRESSION_FLAGS)
DEFINE_ENUM_FLAG_OPERATORS(DSTORAGE_COMPRESSION_SUPPORT)
DEFINE_ENUM_FLAG_OPERATORS(DSTORAGE_ENQUEUE_REQUEST_FLAGS)
#endif

/* With Reserved1 written out, the image is the same by every compiler's rule for bit-fields. */
typedef struct DSTORAGE_REQUEST_OPTIONS {
    DSTORAGE_COMPRESSION_FORMAT CompressionFormat : 8;
#if DSTORAGE_SDK_VERSION >= 400
    DSTORAGE_GACL_SHUFFLE_TRANSFORM_TYPE GaclTransformType : 8;
    UINT8 Reserved1[6];
#else
    UINT8 Reserved1[7];
#endif
    DSTORAGE_REQUEST_SOURCE_TYPE SourceType : 1;
    DSTORAGE_REQUEST_DESTINATION_TYPE DestinationType : 7;
    UINT64 Reserved : 48;
} DSTORAGE_REQUEST_OPTIONS;

typedef struct DSTORAGE_SOURCE_FILE {
    IDStorageFile *Source;
    UINT64 Offset;
    UINT32 Size;
} DSTORAGE_SOURCE_FILE;

typedef struct DSTORAGE_SOURCE_MEMORY {
    const void *Source;
    UINT32 Size;
} DSTORAGE_SOURCE_MEMORY;

typedef union DSTORAGE_SOURCE {
    DSTORAGE_SOURCE_MEMORY Memory;
    DSTORAGE_SOURCE_FILE File;
} DSTORAGE_SOURCE;

typedef struct DSTORAGE_DESTINATION_MEMORY {
    void *Buffer;
    UINT32 Size;
} DSTORAGE_DESTINATION_MEMORY;

typedef struct DSTORAGE_DESTINATION_BUFFER {
    ID3D12Resource *Resource;
    UINT64 Offset;
    UINT32 Size;
} DSTORAGE_DESTINATION_BUFFER;

typedef struct DSTORAGE_DESTINATION_TEXTURE_REGION {
    ID3D12Resource *Resource;
    UINT32 SubresourceIndex;
    D3D12_BOX Region;
} DSTORAGE_DESTINATION_TEXTURE_REGION;

typedef struct DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES {
    ID3D12Resource *Resource;
    UINT32 FirstSubresource;
} DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES;

typedef struct DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE {
    ID3D12Resource *Resource;
    UINT32 FirstSubresource;
    UINT32 NumSubresources;
} DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE;

typedef struct DSTORAGE_DESTINATION_TILES {
    ID3D12Resource *Resource;
    D3D12_TILED_RESOURCE_COORDINATE TiledRegionStartCoordinate;
    D3D12_TILE_REGION_SIZE TileRegionSize;
} DSTORAGE_DESTINATION_TILES;

typedef union DSTORAGE_DESTINATION {
    DSTORAGE_DESTINATION_MEMORY Memory;
    DSTORAGE_DESTINATION_BUFFER Buffer;
    DSTORAGE_DESTINATION_TEXTURE_REGION Texture;
    DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES MultipleSubresources;
    DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE MultipleSubresourcesRange;
    DSTORAGE_DESTINATION_TILES Tiles;
} DSTORAGE_DESTINATION;

typedef struct DSTORAGE_REQUEST {
    DSTORAGE_REQUEST_OPTIONS Options;
    DSTORAGE_SOURCE Source;
    DSTORAGE_DESTINATION Destination;
    UINT32 UncompressedSize;
    UINT64 CancellationTag;
    const CHAR *Name;
} DSTORAGE_REQUEST;

typedef struct DSTORAGE_QUEUE_DESC {
    DSTORAGE_REQUEST_SOURCE_TYPE SourceType;
    UINT16 Capacity;
    DSTORAGE_PRIORITY Priority;
    const CHAR *Name;
    ID3D12Device *Device;
} DSTORAGE_QUEUE_DESC;

typedef struct DSTORAGE_QUEUE_INFO {
    DSTORAGE_QUEUE_DESC Desc;
    UINT16 EmptySlotCount;
    UINT16 RequestCountUntilAutoSubmit;
} DSTORAGE_QUEUE_INFO;

typedef struct DSTORAGE_ERROR_PARAMETERS_REQUEST {
    WCHAR Filename[MAX_PATH];
    CHAR RequestName[DSTORAGE_REQUEST_MAX_NAME];
    DSTORAGE_REQUEST Request;
} DSTORAGE_ERROR_PARAMETERS_REQUEST;

typedef struct DSTORAGE_ERROR_PARAMETERS_STATUS {
    IDStorageStatusArray *StatusArray;
    UINT32 Index;
} DSTORAGE_ERROR_PARAMETERS_STATUS;

typedef struct DSTORAGE_ERROR_PARAMETERS_SIGNAL {
    ID3D12Fence *Fence;
    UINT64 Value;
} DSTORAGE_ERROR_PARAMETERS_SIGNAL;

typedef struct DSTORAGE_ERROR_PARAMETERS_EVENT {
    HANDLE Handle;
} DSTORAGE_ERROR_PARAMETERS_EVENT;

typedef struct DSTORAGE_ERROR_FIRST_FAILURE {
    HRESULT HResult;
    DSTORAGE_COMMAND_TYPE CommandType;
    __extension__ union {
        DSTORAGE_ERROR_PARAMETERS_REQUEST Request;
        DSTORAGE_ERROR_PARAMETERS_STATUS Status;
        DSTORAGE_ERROR_PARAMETERS_SIGNAL Signal;
        DSTORAGE_ERROR_PARAMETERS_EVENT Event;
    };
} DSTORAGE_ERROR_FIRST_FAILURE;

typedef struct DSTORAGE_ERROR_RECORD {
    UINT32 FailureCount;
    DSTORAGE_ERROR_FIRST_FAILURE FirstFailure;
} DSTORAGE_ERROR_RECORD;

typedef struct DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST {
    UINT64 Id;
    DSTORAGE_COMPRESSION_FORMAT CompressionFormat;
    UINT8 Reserved[3];
    DSTORAGE_CUSTOM_DECOMPRESSION_FLAGS Flags;
    UINT64 SrcSize;
    const void *SrcBuffer;
    UINT64 DstSize;
    void *DstBuffer;
} DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST;

typedef struct DSTORAGE_CUSTOM_DECOMPRESSION_RESULT {
    UINT64 Id;
    HRESULT Result;
} DSTORAGE_CUSTOM_DECOMPRESSION_RESULT;

typedef struct DSTORAGE_CONFIGURATION {
    UINT32 NumSubmitThreads;
    INT32 NumBuiltInCpuDecompressionThreads;
    BOOL ForceMappingLayer;
    BOOL DisableBypassIO;
    BOOL DisableTelemetry;
    BOOL DisableGpuDecompressionMetacommand;
    BOOL DisableGpuDecompression;
} DSTORAGE_CONFIGURATION;

/* 1.2 */
typedef struct DSTORAGE_CONFIGURATION1 {
    UINT32 NumSubmitThreads;
    INT32 NumBuiltInCpuDecompressionThreads;
    BOOL ForceMappingLayer;
    BOOL DisableBypassIO;
    BOOL DisableTelemetry;
    BOOL DisableGpuDecompressionMetacommand;
    BOOL DisableGpuDecompression;
    BOOL ForceFileBuffering;
} DSTORAGE_CONFIGURATION1;

/* 1.4 */
typedef struct DSTORAGE_CONFIGURATION2 {
    UINT32 NumSubmitThreads;
    INT32 NumBuiltInCpuDecompressionThreads;
    BOOL ForceMappingLayer;
    BOOL DisableBypassIO;
    BOOL DisableTelemetry;
    BOOL DisableGpuDecompressionMetacommand;
    BOOL DisableGpuDecompression;
    BOOL ForceFileBuffering;
    GUID CreatorID;
} DSTORAGE_CONFIGURATION2;

#define DSTORAGE_LAYOUT(type, nbytes)                                                              \
    C_ASSERT(sizeof(type) == (nbytes))
#define DSTORAGE_AT(type, member, offset) C_ASSERT(offsetof(type, member) == (offset))
DSTORAGE_LAYOUT(DSTORAGE_REQUEST_OPTIONS, 16);
DSTORAGE_LAYOUT(DSTORAGE_SOURCE_FILE, 24);
DSTORAGE_AT(DSTORAGE_SOURCE_FILE, Source, 0);
DSTORAGE_AT(DSTORAGE_SOURCE_FILE, Offset, 8);
DSTORAGE_AT(DSTORAGE_SOURCE_FILE, Size, 16);
DSTORAGE_LAYOUT(DSTORAGE_SOURCE_MEMORY, 16);
DSTORAGE_AT(DSTORAGE_SOURCE_MEMORY, Size, 8);
DSTORAGE_LAYOUT(DSTORAGE_SOURCE, 24);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_MEMORY, 16);
DSTORAGE_AT(DSTORAGE_DESTINATION_MEMORY, Size, 8);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_BUFFER, 24);
DSTORAGE_AT(DSTORAGE_DESTINATION_BUFFER, Offset, 8);
DSTORAGE_AT(DSTORAGE_DESTINATION_BUFFER, Size, 16);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_TEXTURE_REGION, 40);
DSTORAGE_AT(DSTORAGE_DESTINATION_TEXTURE_REGION, SubresourceIndex, 8);
DSTORAGE_AT(DSTORAGE_DESTINATION_TEXTURE_REGION, Region, 12);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES, 16);
DSTORAGE_AT(DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES, FirstSubresource, 8);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE, 16);
DSTORAGE_AT(DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE, FirstSubresource, 8);
DSTORAGE_AT(DSTORAGE_DESTINATION_MULTIPLE_SUBRESOURCES_RANGE, NumSubresources, 12);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION_TILES, 40);
DSTORAGE_AT(DSTORAGE_DESTINATION_TILES, TiledRegionStartCoordinate, 8);
DSTORAGE_AT(DSTORAGE_DESTINATION_TILES, TileRegionSize, 24);
DSTORAGE_LAYOUT(DSTORAGE_DESTINATION, 40);
DSTORAGE_LAYOUT(DSTORAGE_REQUEST, 104);
DSTORAGE_AT(DSTORAGE_REQUEST, Source, 16);
DSTORAGE_AT(DSTORAGE_REQUEST, Destination, 40);
DSTORAGE_AT(DSTORAGE_REQUEST, UncompressedSize, 80);
DSTORAGE_AT(DSTORAGE_REQUEST, CancellationTag, 88);
DSTORAGE_AT(DSTORAGE_REQUEST, Name, 96);
DSTORAGE_LAYOUT(DSTORAGE_QUEUE_DESC, 32);
DSTORAGE_AT(DSTORAGE_QUEUE_DESC, Capacity, 8);
DSTORAGE_AT(DSTORAGE_QUEUE_DESC, Priority, 10);
DSTORAGE_AT(DSTORAGE_QUEUE_DESC, Name, 16);
DSTORAGE_AT(DSTORAGE_QUEUE_DESC, Device, 24);
DSTORAGE_LAYOUT(DSTORAGE_QUEUE_INFO, 40);
DSTORAGE_AT(DSTORAGE_QUEUE_INFO, EmptySlotCount, 32);
DSTORAGE_AT(DSTORAGE_QUEUE_INFO, RequestCountUntilAutoSubmit, 34);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_PARAMETERS_REQUEST, 688);
DSTORAGE_AT(DSTORAGE_ERROR_PARAMETERS_REQUEST, RequestName, 520);
DSTORAGE_AT(DSTORAGE_ERROR_PARAMETERS_REQUEST, Request, 584);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_PARAMETERS_STATUS, 16);
DSTORAGE_AT(DSTORAGE_ERROR_PARAMETERS_STATUS, Index, 8);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_PARAMETERS_SIGNAL, 16);
DSTORAGE_AT(DSTORAGE_ERROR_PARAMETERS_SIGNAL, Value, 8);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_PARAMETERS_EVENT, 8);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_FIRST_FAILURE, 696);
DSTORAGE_AT(DSTORAGE_ERROR_FIRST_FAILURE, CommandType, 4);
DSTORAGE_AT(DSTORAGE_ERROR_FIRST_FAILURE, Request, 8);
DSTORAGE_LAYOUT(DSTORAGE_ERROR_RECORD, 704);
DSTORAGE_AT(DSTORAGE_ERROR_RECORD, FirstFailure, 8);
DSTORAGE_LAYOUT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, 48);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, CompressionFormat, 8);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, Flags, 12);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, SrcSize, 16);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, SrcBuffer, 24);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, DstSize, 32);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST, DstBuffer, 40);
DSTORAGE_LAYOUT(DSTORAGE_CUSTOM_DECOMPRESSION_RESULT, 16);
DSTORAGE_AT(DSTORAGE_CUSTOM_DECOMPRESSION_RESULT, Result, 8);
DSTORAGE_LAYOUT(DSTORAGE_CONFIGURATION, 28);
DSTORAGE_AT(DSTORAGE_CONFIGURATION, DisableGpuDecompression, 24);
DSTORAGE_LAYOUT(DSTORAGE_CONFIGURATION1, 32);
DSTORAGE_AT(DSTORAGE_CONFIGURATION1, ForceFileBuffering, 28);
DSTORAGE_LAYOUT(DSTORAGE_CONFIGURATION2, 48);
DSTORAGE_AT(DSTORAGE_CONFIGURATION2, CreatorID, 32);
#undef DSTORAGE_LAYOUT
#undef DSTORAGE_AT

/*
 * The interfaces, each behind the number of the runtime that first has it. Every method may be
 * called by any thread at any time, those of the codec apart. What a method does stands in
 * docs/dstorage.md.
 */
/* 1.0 */
static const IID IID_IDStorageFile DSTORAGE_MAYBE_UNUSED = {
    0x5de95e7b, 0x955a, 0x4868, {0xa7, 0x3c, 0x24, 0x3b, 0x29, 0xf4, 0xb8, 0xda}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("5de95e7b-955a-4868-a73c-243b29f4b8da")
IDStorageFile : public IUnknown {
public:
    virtual void STDMETHODCALLTYPE Close() = 0;
    virtual HRESULT STDMETHODCALLTYPE GetFileInformation(BY_HANDLE_FILE_INFORMATION *info) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageFile, 0x5de95e7b, 0x955a, 0x4868, 0xa7, 0x3c,
                0x24, 0x3b, 0x29, 0xf4, 0xb8, 0xda)
#endif
#else
typedef struct IDStorageFileVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageFile *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageFile *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageFile *This);
    void(STDMETHODCALLTYPE *Close)(IDStorageFile *This);
    HRESULT(STDMETHODCALLTYPE *GetFileInformation)(IDStorageFile *This,
        BY_HANDLE_FILE_INFORMATION *info);
} IDStorageFileVtbl;
struct IDStorageFile {
    const IDStorageFileVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageFile_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageFile_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageFile_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageFile_Close(This) ((This)->lpVtbl->Close(This))
#define IDStorageFile_GetFileInformation(This, info) \
    ((This)->lpVtbl->GetFileInformation(This, info))
#endif
#endif

/* 1.0 */
static const IID IID_IDStorageFactory DSTORAGE_MAYBE_UNUSED = {
    0x6924ea0c, 0xc3cd, 0x4826, {0xb1, 0x0a, 0xf6, 0x4f, 0x4e, 0xd9, 0x27, 0xc1}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("6924ea0c-c3cd-4826-b10a-f64f4ed927c1")
IDStorageFactory : public IUnknown {
public:
    virtual HRESULT STDMETHODCALLTYPE CreateQueue(const DSTORAGE_QUEUE_DESC *desc, REFIID riid,
        void **ppv) = 0;
    virtual HRESULT STDMETHODCALLTYPE OpenFile(const WCHAR *path, REFIID riid, void **ppv) = 0;
    virtual HRESULT STDMETHODCALLTYPE CreateStatusArray(UINT32 capacity, PCSTR name, REFIID riid,
        void **ppv) = 0;
    virtual void STDMETHODCALLTYPE SetDebugFlags(UINT32 flags) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetStagingBufferSize(UINT32 size) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageFactory, 0x6924ea0c, 0xc3cd, 0x4826, 0xb1, 0x0a,
                0xf6, 0x4f, 0x4e, 0xd9, 0x27, 0xc1)
#endif
#else
typedef struct IDStorageFactoryVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageFactory *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageFactory *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageFactory *This);
    HRESULT(STDMETHODCALLTYPE *CreateQueue)(IDStorageFactory *This, const DSTORAGE_QUEUE_DESC *desc,
        REFIID riid, void **ppv);
    HRESULT(STDMETHODCALLTYPE *OpenFile)(IDStorageFactory *This, const WCHAR *path, REFIID riid,
        void **ppv);
    HRESULT(STDMETHODCALLTYPE *CreateStatusArray)(IDStorageFactory *This, UINT32 capacity,
        PCSTR name, REFIID riid, void **ppv);
    void(STDMETHODCALLTYPE *SetDebugFlags)(IDStorageFactory *This, UINT32 flags);
    HRESULT(STDMETHODCALLTYPE *SetStagingBufferSize)(IDStorageFactory *This, UINT32 size);
} IDStorageFactoryVtbl;
struct IDStorageFactory {
    const IDStorageFactoryVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageFactory_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageFactory_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageFactory_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageFactory_CreateQueue(This, desc, riid, ppv) \
    ((This)->lpVtbl->CreateQueue(This, desc, riid, ppv))
#define IDStorageFactory_OpenFile(This, path, riid, ppv) \
    ((This)->lpVtbl->OpenFile(This, path, riid, ppv))
#define IDStorageFactory_CreateStatusArray(This, capacity, name, riid, ppv) \
    ((This)->lpVtbl->CreateStatusArray(This, capacity, name, riid, ppv))
#define IDStorageFactory_SetDebugFlags(This, flags) ((This)->lpVtbl->SetDebugFlags(This, flags))
#define IDStorageFactory_SetStagingBufferSize(This, size) \
    ((This)->lpVtbl->SetStagingBufferSize(This, size))
#endif
#endif

/* 1.0 */
static const IID IID_IDStorageStatusArray DSTORAGE_MAYBE_UNUSED = {
    0x82397587, 0x7cd5, 0x453b, {0xa0, 0x2e, 0x31, 0x37, 0x9b, 0xd6, 0x46, 0x56}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("82397587-7cd5-453b-a02e-31379bd64656")
IDStorageStatusArray : public IUnknown {
public:
    virtual bool STDMETHODCALLTYPE IsComplete(UINT32 index) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHResult(UINT32 index) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageStatusArray, 0x82397587, 0x7cd5, 0x453b, 0xa0, 0x2e,
                0x31, 0x37, 0x9b, 0xd6, 0x46, 0x56)
#endif
#else
typedef struct IDStorageStatusArrayVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageStatusArray *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageStatusArray *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageStatusArray *This);
    bool(STDMETHODCALLTYPE *IsComplete)(IDStorageStatusArray *This, UINT32 index);
    HRESULT(STDMETHODCALLTYPE *GetHResult)(IDStorageStatusArray *This, UINT32 index);
} IDStorageStatusArrayVtbl;
struct IDStorageStatusArray {
    const IDStorageStatusArrayVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageStatusArray_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageStatusArray_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageStatusArray_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageStatusArray_IsComplete(This, index) ((This)->lpVtbl->IsComplete(This, index))
#define IDStorageStatusArray_GetHResult(This, index) ((This)->lpVtbl->GetHResult(This, index))
#endif
#endif

/* 1.0 */
static const IID IID_IDStorageQueue DSTORAGE_MAYBE_UNUSED = {
    0xcfdbd83f, 0x9e06, 0x4fda, {0x8e, 0xa5, 0x69, 0x04, 0x21, 0x37, 0xf4, 0x9b}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("cfdbd83f-9e06-4fda-8ea5-69042137f49b")
IDStorageQueue : public IUnknown {
public:
    virtual void STDMETHODCALLTYPE EnqueueRequest(const DSTORAGE_REQUEST *request) = 0;
    virtual void STDMETHODCALLTYPE EnqueueStatus(IDStorageStatusArray *statusArray,
        UINT32 index) = 0;
    virtual void STDMETHODCALLTYPE EnqueueSignal(ID3D12Fence *fence, UINT64 value) = 0;
    virtual void STDMETHODCALLTYPE Submit() = 0;
    virtual void STDMETHODCALLTYPE CancelRequestsWithTag(UINT64 mask, UINT64 value) = 0;
    virtual void STDMETHODCALLTYPE Close() = 0;
    virtual HANDLE STDMETHODCALLTYPE GetErrorEvent() = 0;
    virtual void STDMETHODCALLTYPE RetrieveErrorRecord(DSTORAGE_ERROR_RECORD *record) = 0;
    virtual void STDMETHODCALLTYPE Query(DSTORAGE_QUEUE_INFO *info) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageQueue, 0xcfdbd83f, 0x9e06, 0x4fda, 0x8e, 0xa5,
                0x69, 0x04, 0x21, 0x37, 0xf4, 0x9b)
#endif
#else
typedef struct IDStorageQueueVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageQueue *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageQueue *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageQueue *This);
    void(STDMETHODCALLTYPE *EnqueueRequest)(IDStorageQueue *This, const DSTORAGE_REQUEST *request);
    void(STDMETHODCALLTYPE *EnqueueStatus)(IDStorageQueue *This, IDStorageStatusArray *statusArray,
        UINT32 index);
    void(STDMETHODCALLTYPE *EnqueueSignal)(IDStorageQueue *This, ID3D12Fence *fence, UINT64 value);
    void(STDMETHODCALLTYPE *Submit)(IDStorageQueue *This);
    void(STDMETHODCALLTYPE *CancelRequestsWithTag)(IDStorageQueue *This, UINT64 mask, UINT64 value);
    void(STDMETHODCALLTYPE *Close)(IDStorageQueue *This);
    HANDLE(STDMETHODCALLTYPE *GetErrorEvent)(IDStorageQueue *This);
    void(STDMETHODCALLTYPE *RetrieveErrorRecord)(IDStorageQueue *This,
        DSTORAGE_ERROR_RECORD *record);
    void(STDMETHODCALLTYPE *Query)(IDStorageQueue *This, DSTORAGE_QUEUE_INFO *info);
} IDStorageQueueVtbl;
struct IDStorageQueue {
    const IDStorageQueueVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageQueue_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageQueue_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageQueue_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageQueue_EnqueueRequest(This, request) ((This)->lpVtbl->EnqueueRequest(This, request))
#define IDStorageQueue_EnqueueStatus(This, statusArray, index) \
    ((This)->lpVtbl->EnqueueStatus(This, statusArray, index))
#define IDStorageQueue_EnqueueSignal(This, fence, value) \
    ((This)->lpVtbl->EnqueueSignal(This, fence, value))
#define IDStorageQueue_Submit(This) ((This)->lpVtbl->Submit(This))
#define IDStorageQueue_CancelRequestsWithTag(This, mask, value) \
    ((This)->lpVtbl->CancelRequestsWithTag(This, mask, value))
#define IDStorageQueue_Close(This) ((This)->lpVtbl->Close(This))
#define IDStorageQueue_GetErrorEvent(This) ((This)->lpVtbl->GetErrorEvent(This))
#define IDStorageQueue_RetrieveErrorRecord(This, record) \
    ((This)->lpVtbl->RetrieveErrorRecord(This, record))
#define IDStorageQueue_Query(This, info) ((This)->lpVtbl->Query(This, info))
#endif
#endif

/* 1.1 */
static const IID IID_IDStorageQueue1 DSTORAGE_MAYBE_UNUSED = {
    0xdd2f482c, 0x5eff, 0x41e8, {0x9c, 0x9e, 0xd2, 0x37, 0x4b, 0x27, 0x81, 0x28}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("dd2f482c-5eff-41e8-9c9e-d2374b278128")
IDStorageQueue1 : public IDStorageQueue {
public:
    virtual void STDMETHODCALLTYPE EnqueueSetEvent(HANDLE handle) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageQueue1, 0xdd2f482c, 0x5eff, 0x41e8, 0x9c, 0x9e,
                0xd2, 0x37, 0x4b, 0x27, 0x81, 0x28)
#endif
#else
typedef struct IDStorageQueue1Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageQueue1 *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageQueue1 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageQueue1 *This);
    void(STDMETHODCALLTYPE *EnqueueRequest)(IDStorageQueue1 *This, const DSTORAGE_REQUEST *request);
    void(STDMETHODCALLTYPE *EnqueueStatus)(IDStorageQueue1 *This, IDStorageStatusArray *statusArray,
        UINT32 index);
    void(STDMETHODCALLTYPE *EnqueueSignal)(IDStorageQueue1 *This, ID3D12Fence *fence, UINT64 value);
    void(STDMETHODCALLTYPE *Submit)(IDStorageQueue1 *This);
    void(STDMETHODCALLTYPE *CancelRequestsWithTag)(IDStorageQueue1 *This, UINT64 mask,
        UINT64 value);
    void(STDMETHODCALLTYPE *Close)(IDStorageQueue1 *This);
    HANDLE(STDMETHODCALLTYPE *GetErrorEvent)(IDStorageQueue1 *This);
    void(STDMETHODCALLTYPE *RetrieveErrorRecord)(IDStorageQueue1 *This,
        DSTORAGE_ERROR_RECORD *record);
    void(STDMETHODCALLTYPE *Query)(IDStorageQueue1 *This, DSTORAGE_QUEUE_INFO *info);
    void(STDMETHODCALLTYPE *EnqueueSetEvent)(IDStorageQueue1 *This, HANDLE handle);
} IDStorageQueue1Vtbl;
struct IDStorageQueue1 {
    const IDStorageQueue1Vtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageQueue1_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageQueue1_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageQueue1_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageQueue1_EnqueueRequest(This, request) \
    ((This)->lpVtbl->EnqueueRequest(This, request))
#define IDStorageQueue1_EnqueueStatus(This, statusArray, index) \
    ((This)->lpVtbl->EnqueueStatus(This, statusArray, index))
#define IDStorageQueue1_EnqueueSignal(This, fence, value) \
    ((This)->lpVtbl->EnqueueSignal(This, fence, value))
#define IDStorageQueue1_Submit(This) ((This)->lpVtbl->Submit(This))
#define IDStorageQueue1_CancelRequestsWithTag(This, mask, value) \
    ((This)->lpVtbl->CancelRequestsWithTag(This, mask, value))
#define IDStorageQueue1_Close(This) ((This)->lpVtbl->Close(This))
#define IDStorageQueue1_GetErrorEvent(This) ((This)->lpVtbl->GetErrorEvent(This))
#define IDStorageQueue1_RetrieveErrorRecord(This, record) \
    ((This)->lpVtbl->RetrieveErrorRecord(This, record))
#define IDStorageQueue1_Query(This, info) ((This)->lpVtbl->Query(This, info))
#define IDStorageQueue1_EnqueueSetEvent(This, handle) \
    ((This)->lpVtbl->EnqueueSetEvent(This, handle))
#endif
#endif

/* 1.2 */
static const IID IID_IDStorageQueue2 DSTORAGE_MAYBE_UNUSED = {
    0xb1c9d643, 0x3a49, 0x44a2, {0xb4, 0x6f, 0x65, 0x36, 0x49, 0x47, 0x0d, 0x18}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("b1c9d643-3a49-44a2-b46f-653649470d18")
IDStorageQueue2 : public IDStorageQueue1 {
public:
    virtual DSTORAGE_COMPRESSION_SUPPORT STDMETHODCALLTYPE GetCompressionSupport(
        DSTORAGE_COMPRESSION_FORMAT format) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageQueue2, 0xb1c9d643, 0x3a49, 0x44a2, 0xb4, 0x6f,
                0x65, 0x36, 0x49, 0x47, 0x0d, 0x18)
#endif
#else
typedef struct IDStorageQueue2Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageQueue2 *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageQueue2 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageQueue2 *This);
    void(STDMETHODCALLTYPE *EnqueueRequest)(IDStorageQueue2 *This, const DSTORAGE_REQUEST *request);
    void(STDMETHODCALLTYPE *EnqueueStatus)(IDStorageQueue2 *This, IDStorageStatusArray *statusArray,
        UINT32 index);
    void(STDMETHODCALLTYPE *EnqueueSignal)(IDStorageQueue2 *This, ID3D12Fence *fence, UINT64 value);
    void(STDMETHODCALLTYPE *Submit)(IDStorageQueue2 *This);
    void(STDMETHODCALLTYPE *CancelRequestsWithTag)(IDStorageQueue2 *This, UINT64 mask,
        UINT64 value);
    void(STDMETHODCALLTYPE *Close)(IDStorageQueue2 *This);
    HANDLE(STDMETHODCALLTYPE *GetErrorEvent)(IDStorageQueue2 *This);
    void(STDMETHODCALLTYPE *RetrieveErrorRecord)(IDStorageQueue2 *This,
        DSTORAGE_ERROR_RECORD *record);
    void(STDMETHODCALLTYPE *Query)(IDStorageQueue2 *This, DSTORAGE_QUEUE_INFO *info);
    void(STDMETHODCALLTYPE *EnqueueSetEvent)(IDStorageQueue2 *This, HANDLE handle);
    DSTORAGE_COMPRESSION_SUPPORT(STDMETHODCALLTYPE *GetCompressionSupport)(IDStorageQueue2 *This,
        DSTORAGE_COMPRESSION_FORMAT format);
} IDStorageQueue2Vtbl;
struct IDStorageQueue2 {
    const IDStorageQueue2Vtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageQueue2_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageQueue2_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageQueue2_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageQueue2_EnqueueRequest(This, request) \
    ((This)->lpVtbl->EnqueueRequest(This, request))
#define IDStorageQueue2_EnqueueStatus(This, statusArray, index) \
    ((This)->lpVtbl->EnqueueStatus(This, statusArray, index))
#define IDStorageQueue2_EnqueueSignal(This, fence, value) \
    ((This)->lpVtbl->EnqueueSignal(This, fence, value))
#define IDStorageQueue2_Submit(This) ((This)->lpVtbl->Submit(This))
#define IDStorageQueue2_CancelRequestsWithTag(This, mask, value) \
    ((This)->lpVtbl->CancelRequestsWithTag(This, mask, value))
#define IDStorageQueue2_Close(This) ((This)->lpVtbl->Close(This))
#define IDStorageQueue2_GetErrorEvent(This) ((This)->lpVtbl->GetErrorEvent(This))
#define IDStorageQueue2_RetrieveErrorRecord(This, record) \
    ((This)->lpVtbl->RetrieveErrorRecord(This, record))
#define IDStorageQueue2_Query(This, info) ((This)->lpVtbl->Query(This, info))
#define IDStorageQueue2_EnqueueSetEvent(This, handle) \
    ((This)->lpVtbl->EnqueueSetEvent(This, handle))
#define IDStorageQueue2_GetCompressionSupport(This, format) \
    ((This)->lpVtbl->GetCompressionSupport(This, format))
#endif
#endif

/* 1.3 */
static const IID IID_IDStorageQueue3 DSTORAGE_MAYBE_UNUSED = {
    0xdeb54c52, 0xeca8, 0x46b3, {0x82, 0xa7, 0x03, 0x1b, 0x72, 0x26, 0x26, 0x53}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("deb54c52-eca8-46b3-82a7-031b72262653")
IDStorageQueue3 : public IDStorageQueue2 {
public:
    virtual void STDMETHODCALLTYPE EnqueueRequests(const DSTORAGE_REQUEST *requests,
        UINT32 numRequests, ID3D12Fence *fence, UINT64 fenceValue,
        DSTORAGE_ENQUEUE_REQUEST_FLAGS flags) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageQueue3, 0xdeb54c52, 0xeca8, 0x46b3, 0x82, 0xa7,
                0x03, 0x1b, 0x72, 0x26, 0x26, 0x53)
#endif
#else
typedef struct IDStorageQueue3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageQueue3 *This, REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageQueue3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageQueue3 *This);
    void(STDMETHODCALLTYPE *EnqueueRequest)(IDStorageQueue3 *This, const DSTORAGE_REQUEST *request);
    void(STDMETHODCALLTYPE *EnqueueStatus)(IDStorageQueue3 *This, IDStorageStatusArray *statusArray,
        UINT32 index);
    void(STDMETHODCALLTYPE *EnqueueSignal)(IDStorageQueue3 *This, ID3D12Fence *fence, UINT64 value);
    void(STDMETHODCALLTYPE *Submit)(IDStorageQueue3 *This);
    void(STDMETHODCALLTYPE *CancelRequestsWithTag)(IDStorageQueue3 *This, UINT64 mask,
        UINT64 value);
    void(STDMETHODCALLTYPE *Close)(IDStorageQueue3 *This);
    HANDLE(STDMETHODCALLTYPE *GetErrorEvent)(IDStorageQueue3 *This);
    void(STDMETHODCALLTYPE *RetrieveErrorRecord)(IDStorageQueue3 *This,
        DSTORAGE_ERROR_RECORD *record);
    void(STDMETHODCALLTYPE *Query)(IDStorageQueue3 *This, DSTORAGE_QUEUE_INFO *info);
    void(STDMETHODCALLTYPE *EnqueueSetEvent)(IDStorageQueue3 *This, HANDLE handle);
    DSTORAGE_COMPRESSION_SUPPORT(STDMETHODCALLTYPE *GetCompressionSupport)(IDStorageQueue3 *This,
        DSTORAGE_COMPRESSION_FORMAT format);
    void(STDMETHODCALLTYPE *EnqueueRequests)(IDStorageQueue3 *This,
        const DSTORAGE_REQUEST *requests, UINT32 numRequests, ID3D12Fence *fence, UINT64 fenceValue,
        DSTORAGE_ENQUEUE_REQUEST_FLAGS flags);
} IDStorageQueue3Vtbl;
struct IDStorageQueue3 {
    const IDStorageQueue3Vtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageQueue3_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageQueue3_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageQueue3_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageQueue3_EnqueueRequest(This, request) \
    ((This)->lpVtbl->EnqueueRequest(This, request))
#define IDStorageQueue3_EnqueueStatus(This, statusArray, index) \
    ((This)->lpVtbl->EnqueueStatus(This, statusArray, index))
#define IDStorageQueue3_EnqueueSignal(This, fence, value) \
    ((This)->lpVtbl->EnqueueSignal(This, fence, value))
#define IDStorageQueue3_Submit(This) ((This)->lpVtbl->Submit(This))
#define IDStorageQueue3_CancelRequestsWithTag(This, mask, value) \
    ((This)->lpVtbl->CancelRequestsWithTag(This, mask, value))
#define IDStorageQueue3_Close(This) ((This)->lpVtbl->Close(This))
#define IDStorageQueue3_GetErrorEvent(This) ((This)->lpVtbl->GetErrorEvent(This))
#define IDStorageQueue3_RetrieveErrorRecord(This, record) \
    ((This)->lpVtbl->RetrieveErrorRecord(This, record))
#define IDStorageQueue3_Query(This, info) ((This)->lpVtbl->Query(This, info))
#define IDStorageQueue3_EnqueueSetEvent(This, handle) \
    ((This)->lpVtbl->EnqueueSetEvent(This, handle))
#define IDStorageQueue3_GetCompressionSupport(This, format) \
    ((This)->lpVtbl->GetCompressionSupport(This, format))
#define IDStorageQueue3_EnqueueRequests(This, requests, numRequests, fence, fenceValue, flags) \
    ((This)->lpVtbl->EnqueueRequests(This, requests, numRequests, fence, fenceValue, flags))
#endif
#endif

/* 1.0 */
static const IID IID_IDStorageCustomDecompressionQueue DSTORAGE_MAYBE_UNUSED = {
    0x97179b2f, 0x2c21, 0x49ca, {0x82, 0x91, 0x4e, 0x1b, 0xf4, 0xa1, 0x60, 0xdf}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("97179b2f-2c21-49ca-8291-4e1bf4a160df")
IDStorageCustomDecompressionQueue : public IUnknown {
public:
    virtual HANDLE STDMETHODCALLTYPE GetEvent() = 0;
    virtual HRESULT STDMETHODCALLTYPE GetRequests(UINT32 maxRequests,
        DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetRequestResults(UINT32 numResults,
        DSTORAGE_CUSTOM_DECOMPRESSION_RESULT *results) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageCustomDecompressionQueue, 0x97179b2f, 0x2c21, 0x49ca, 0x82, 0x91,
                0x4e, 0x1b, 0xf4, 0xa1, 0x60, 0xdf)
#endif
#else
typedef struct IDStorageCustomDecompressionQueueVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageCustomDecompressionQueue *This, REFIID riid,
                                               void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageCustomDecompressionQueue *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageCustomDecompressionQueue *This);
    HANDLE(STDMETHODCALLTYPE *GetEvent)(IDStorageCustomDecompressionQueue *This);
    HRESULT(STDMETHODCALLTYPE *GetRequests)(IDStorageCustomDecompressionQueue *This,
        UINT32 maxRequests, DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests);
    HRESULT(STDMETHODCALLTYPE *SetRequestResults)(IDStorageCustomDecompressionQueue *This,
        UINT32 numResults, DSTORAGE_CUSTOM_DECOMPRESSION_RESULT *results);
} IDStorageCustomDecompressionQueueVtbl;
struct IDStorageCustomDecompressionQueue {
    const IDStorageCustomDecompressionQueueVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageCustomDecompressionQueue_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageCustomDecompressionQueue_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageCustomDecompressionQueue_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageCustomDecompressionQueue_GetEvent(This) ((This)->lpVtbl->GetEvent(This))
#define IDStorageCustomDecompressionQueue_GetRequests(This, maxRequests, requests, numRequests) \
    ((This)->lpVtbl->GetRequests(This, maxRequests, requests, numRequests))
#define IDStorageCustomDecompressionQueue_SetRequestResults(This, numResults, results) \
    ((This)->lpVtbl->SetRequestResults(This, numResults, results))
#endif
#endif

/* 1.1 */
static const IID IID_IDStorageCustomDecompressionQueue1 DSTORAGE_MAYBE_UNUSED = {
    0x0d47c6c9, 0xe61a, 0x4706, {0x93, 0xb4, 0x68, 0xbf, 0xe3, 0xf4, 0xaa, 0x4a}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("0d47c6c9-e61a-4706-93b4-68bfe3f4aa4a")
IDStorageCustomDecompressionQueue1 : public IDStorageCustomDecompressionQueue {
public:
    virtual HRESULT STDMETHODCALLTYPE GetRequests1(DSTORAGE_GET_REQUEST_FLAGS flags,
        UINT32 maxRequests, DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests,
        UINT32 *numRequests) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageCustomDecompressionQueue1, 0x0d47c6c9, 0xe61a, 0x4706, 0x93, 0xb4,
                0x68, 0xbf, 0xe3, 0xf4, 0xaa, 0x4a)
#endif
#else
typedef struct IDStorageCustomDecompressionQueue1Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageCustomDecompressionQueue1 *This,
                                               REFIID riid, void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageCustomDecompressionQueue1 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageCustomDecompressionQueue1 *This);
    HANDLE(STDMETHODCALLTYPE *GetEvent)(IDStorageCustomDecompressionQueue1 *This);
    HRESULT(STDMETHODCALLTYPE *GetRequests)(IDStorageCustomDecompressionQueue1 *This,
        UINT32 maxRequests, DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests);
    HRESULT(STDMETHODCALLTYPE *SetRequestResults)(IDStorageCustomDecompressionQueue1 *This,
        UINT32 numResults, DSTORAGE_CUSTOM_DECOMPRESSION_RESULT *results);
    HRESULT(STDMETHODCALLTYPE *GetRequests1)(IDStorageCustomDecompressionQueue1 *This,
        DSTORAGE_GET_REQUEST_FLAGS flags, UINT32 maxRequests,
        DSTORAGE_CUSTOM_DECOMPRESSION_REQUEST *requests, UINT32 *numRequests);
} IDStorageCustomDecompressionQueue1Vtbl;
struct IDStorageCustomDecompressionQueue1 {
    const IDStorageCustomDecompressionQueue1Vtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageCustomDecompressionQueue1_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageCustomDecompressionQueue1_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageCustomDecompressionQueue1_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageCustomDecompressionQueue1_GetEvent(This) ((This)->lpVtbl->GetEvent(This))
#define IDStorageCustomDecompressionQueue1_GetRequests(This, maxRequests, requests, numRequests) \
    ((This)->lpVtbl->GetRequests(This, maxRequests, requests, numRequests))
#define IDStorageCustomDecompressionQueue1_SetRequestResults(This, numResults, results) \
    ((This)->lpVtbl->SetRequestResults(This, numResults, results))
#define IDStorageCustomDecompressionQueue1_GetRequests1(This, flags, maxRequests, requests, \
    numRequests) \
    ((This)->lpVtbl->GetRequests1(This, flags, maxRequests, requests, \
        numRequests))
#endif
#endif

/* 1.1 */
static const IID IID_IDStorageCompressionCodec DSTORAGE_MAYBE_UNUSED = {
    0x84ef5121, 0x9b43, 0x4d03, {0xb5, 0xc1, 0xcc, 0x34, 0x60, 0x6b, 0x26, 0x2d}};
#if defined(__cplusplus) && !defined(CINTERFACE)
MIDL_INTERFACE("84ef5121-9b43-4d03-b5c1-cc34606b262d")
IDStorageCompressionCodec : public IUnknown {
public:
    virtual HRESULT STDMETHODCALLTYPE CompressBuffer(const void *uncompressedData,
        size_t uncompressedDataSize, DSTORAGE_COMPRESSION compressionSetting,
        void *compressedBuffer, size_t compressedBufferSize, size_t *compressedDataSize) = 0;
    virtual HRESULT STDMETHODCALLTYPE DecompressBuffer(const void *compressedData,
        size_t compressedDataSize, void *uncompressedBuffer, size_t uncompressedBufferSize,
        size_t *uncompressedDataSize) = 0;
    virtual size_t STDMETHODCALLTYPE CompressBufferBound(size_t uncompressedDataSize) = 0;
};
#ifdef __CRT_UUID_DECL
__CRT_UUID_DECL(IDStorageCompressionCodec, 0x84ef5121, 0x9b43, 0x4d03, 0xb5, 0xc1,
                0xcc, 0x34, 0x60, 0x6b, 0x26, 0x2d)
#endif
#else
typedef struct IDStorageCompressionCodecVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDStorageCompressionCodec *This, REFIID riid,
                                               void **ppv);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDStorageCompressionCodec *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDStorageCompressionCodec *This);
    HRESULT(STDMETHODCALLTYPE *CompressBuffer)(IDStorageCompressionCodec *This,
        const void *uncompressedData, size_t uncompressedDataSize,
        DSTORAGE_COMPRESSION compressionSetting, void *compressedBuffer,
        size_t compressedBufferSize, size_t *compressedDataSize);
    HRESULT(STDMETHODCALLTYPE *DecompressBuffer)(IDStorageCompressionCodec *This,
        const void *compressedData, size_t compressedDataSize, void *uncompressedBuffer,
        size_t uncompressedBufferSize, size_t *uncompressedDataSize);
    size_t(STDMETHODCALLTYPE *CompressBufferBound)(IDStorageCompressionCodec *This,
        size_t uncompressedDataSize);
} IDStorageCompressionCodecVtbl;
struct IDStorageCompressionCodec {
    const IDStorageCompressionCodecVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IDStorageCompressionCodec_QueryInterface(This, riid, ppv) \
    ((This)->lpVtbl->QueryInterface(This, riid, ppv))
#define IDStorageCompressionCodec_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDStorageCompressionCodec_Release(This) ((This)->lpVtbl->Release(This))
#define IDStorageCompressionCodec_CompressBuffer(This, uncompressedData, uncompressedDataSize, compressionSetting, \
    compressedBuffer, compressedBufferSize, compressedDataSize) \
    ((This)->lpVtbl->CompressBuffer(This, uncompressedData, uncompressedDataSize, compressionSetting, \
        compressedBuffer, compressedBufferSize, compressedDataSize))
#define IDStorageCompressionCodec_DecompressBuffer(This, compressedData, compressedDataSize, uncompressedBuffer, \
    uncompressedBufferSize, uncompressedDataSize) \
    ((This)->lpVtbl->DecompressBuffer(This, compressedData, compressedDataSize, uncompressedBuffer, \
        uncompressedBufferSize, uncompressedDataSize))
#define IDStorageCompressionCodec_CompressBufferBound(This, uncompressedDataSize) \
    ((This)->lpVtbl->CompressBufferBound(This, uncompressedDataSize))
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifdef STDAPI
#define DSTORAGE_API STDAPI
#else
#define DSTORAGE_API HRESULT WINAPI
#endif

/*
 * How DirectStorage shall work; before the first DStorageGetFactory, or when nothing of it is
 * alive.
 * configuration: fields of 0 are the defaults; copied.
 * Returns S_OK; E_INVALIDARG for NULL or fewer than -1 threads; E_DSTORAGE_STAGING_BUFFER_LOCKED
 *   while a factory, queue or file is there.
 * Source: [D] DSTORAGE_CONFIGURATION; [I].
 */
DSTORAGE_API DStorageSetConfiguration(const DSTORAGE_CONFIGURATION *configuration);

/*
 * The same with the fields of 1.2.
 * configuration: as above.
 * Returns as DStorageSetConfiguration: S_OK, or those; and
 *   E_DSTORAGE_FILEBUFFERING_REQUIRES_DISABLED_BYPASSIO for ForceFileBuffering without
 *   DisableBypassIO.
 * Source: [D] DSTORAGE_CONFIGURATION1; [I].
 */
DSTORAGE_API DStorageSetConfiguration1(const DSTORAGE_CONFIGURATION1 *configuration);

/*
 * The same with the field of the 1.4 preview, which labels queues of Direct3D and changes nothing
 * here.
 * configuration: as above.
 * Returns as DStorageSetConfiguration1: S_OK, or those; E_NOTIMPL before 1.4.
 * Source: [I].
 */
DSTORAGE_API DStorageSetConfiguration2(const DSTORAGE_CONFIGURATION2 *configuration);

/*
 * The factory, of which a process has one, or its queue of custom decompression. When the last
 * reference to it, its files and queues is gone, everything is.
 * riid: of IDStorageFactory, IDStorageCustomDecompressionQueue or IUnknown; 1.1: or
 *   IDStorageCustomDecompressionQueue1.
 * ppv: out; a reference, NULL on failure.
 * Returns S_OK; E_POINTER for NULL; E_NOINTERFACE; E_OUTOFMEMORY.
 * Source: [D] IDStorageFactory; [I].
 */
DSTORAGE_API DStorageGetFactory(REFIID riid, void **ppv);

/*
 * A codec of its own, for one thread at a time. 1.1.
 * format: DSTORAGE_COMPRESSION_FORMAT_GDEFLATE; 1.4: or DSTORAGE_COMPRESSION_FORMAT_ZSTD.
 * numThreads: threads that work on one buffer; 0 for one each processor.
 * riid: of IDStorageCompressionCodec or IUnknown.
 * ppv: out; a reference, NULL on failure.
 * Returns S_OK; E_POINTER for NULL; E_NOTIMPL for another format; E_NOINTERFACE; E_OUTOFMEMORY.
 * Source: [D] IDStorageCompressionCodec; [I].
 */
DSTORAGE_API DStorageCreateCompressionCodec(DSTORAGE_COMPRESSION_FORMAT format, UINT32 numThreads,
                                            REFIID riid, void **ppv);

#ifdef __cplusplus
}
#endif

#endif
