/* SPDX-License-Identifier: MIT */
/*
 * IUnknown, and how interfaces are declared: a struct with a table of functions in C, an abstract
 * class in C++, both with Windows' layout. Beside DirectX-Headers, whose stubs have the same,
 * theirs is used; as their <wsl/winadapter.h> asks for this file, it has our base types even when
 * it is included first.
 */
#ifndef RINGER_UNKNWN_H
#define RINGER_UNKNWN_H

#include <windows.h>

#ifdef RINGER_HAS_DIRECTX_TYPES
#include <unknwnbase.h>
#else

#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const IID &
inline bool operator==(const GUID &a, const GUID &b)
{
    return memcmp(&a, &b, sizeof(GUID)) == 0;
}
inline bool operator!=(const GUID &a, const GUID &b)
{
    return !(a == b);
}
/*
 * The IID of a type, by a specialisation for each interface; Microsoft's compilers have it built
 * in.
 */
template <typename T> const GUID &ringer_uuid_of();
#define __CRT_UUID_DECL(type, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                           \
    template <> inline const GUID &ringer_uuid_of<type>()                                          \
    {                                                                                              \
        static const GUID id = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}};                      \
        return id;                                                                                 \
    }                                                                                              \
    template <> inline const GUID &ringer_uuid_of<type *>()                                        \
    {                                                                                              \
        return ringer_uuid_of<type>();                                                             \
    }
template <typename T> const GUID &ringer_uuid_behind(T **)
{
    return ringer_uuid_of<T>();
}
template <typename T> void **ringer_ppv(T **out)
{
    return reinterpret_cast<void **>(out);
}
#ifndef _MSC_EXTENSIONS
#define __uuidof(type) ringer_uuid_of<__typeof__(type)>()
#endif
#define IID_PPV_ARGS(ppType) ringer_uuid_behind(ppType), ringer_ppv(ppType)
#define MIDL_INTERFACE(text) struct
#else
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const IID *
#endif
#ifndef interface
#define interface struct
#endif
#define IsEqualIID(a, b) IsEqualGUID(a, b)

typedef interface IUnknown IUnknown;
typedef IUnknown *LPUNKNOWN;

#ifdef __GNUC__
#define RINGER_MAYBE_UNUSED __attribute__((unused))
#else
#define RINGER_MAYBE_UNUSED
#endif
static const IID IID_IUnknown RINGER_MAYBE_UNUSED = {
    0x00000000, 0x0000, 0x0000, {0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46}};

#if defined(__cplusplus) && !defined(CINTERFACE)
struct IUnknown {
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void **ppvObject) = 0;
    virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
    virtual ULONG STDMETHODCALLTYPE Release() = 0;

    template <class Q> HRESULT STDMETHODCALLTYPE QueryInterface(Q **object)
    {
        return QueryInterface(ringer_uuid_of<Q>(), reinterpret_cast<void **>(object));
    }
};
__CRT_UUID_DECL(IUnknown, 0x00000000, 0x0000, 0x0000, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)
#else
typedef struct IUnknownVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IUnknown *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IUnknown *This);
    ULONG(STDMETHODCALLTYPE *Release)(IUnknown *This);
} IUnknownVtbl;
struct IUnknown {
    const IUnknownVtbl *lpVtbl;
};
#ifdef COBJMACROS
#define IUnknown_QueryInterface(This, riid, ppvObject) (This)->lpVtbl->QueryInterface(This, riid, ppvObject)
#define IUnknown_AddRef(This) (This)->lpVtbl->AddRef(This)
#define IUnknown_Release(This) (This)->lpVtbl->Release(This)
#endif
#endif

#endif
#endif
