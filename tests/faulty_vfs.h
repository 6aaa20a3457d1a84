/*
 * faulty_vfs.h - the system's VFS, with an operation that fails, or with which
 * the process dies, where a test says so.
 *
 *     faulty_vfs_install();                    once; sqlite3_open() then uses it
 *     faulty.kinds = FAULTY_SYNC;              what is counted
 *     faulty.until = 3;                        the third one fails; 0: none does
 *
 * A failing write leaves its first half.  Nothing is synced for real: no test
 * pulls the plug, and a process that is killed loses no write.
 */
#ifndef FAULTY_VFS_H
#define FAULTY_VFS_H

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

enum {
    FAULTY_WRITE = 1,
    FAULTY_SYNC = 2,
    FAULTY_TRUNCATE = 4,
    FAULTY_DELETE = 8,
    FAULTY_OPEN = 16,
    FAULTY_ALL = 31
};

static struct faulty_state {
    unsigned kinds;
    long until; /* operations up to the one that fails, that one included */
    int stays;  /* those after it fail as well */
    int done;   /* what fails was done all the same: only its answer is lost */
    int dies;   /* the process is killed there */
    int result; /* what a failing operation answers; 0: its own kind of SQLITE_IOERR */
    long count; /* operations of those kinds so far */
    int reached;
} faulty;

struct faulty_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static inline sqlite3_file *faulty_real(sqlite3_file *file) {
    return ((struct faulty_file *)file)->real;
}

/* Returns what this operation must answer: SQLITE_OK, or its failure. */
static inline int faulty_judge(unsigned kind, int failure) {
    if (!(faulty.kinds & kind))
        return SQLITE_OK;
    faulty.count++;
    if (faulty.until == 0 || (!faulty.reached && --faulty.until > 0))
        return SQLITE_OK;
    faulty.until = faulty.stays;
    faulty.reached = 1;
    return faulty.result ? faulty.result : failure;
}

static inline void faulty_die(void) {
    if (faulty.dies)
        kill(getpid(), SIGKILL);
}

/* ---------------------------------------------------------------- of a file */

static inline int faulty_close(sqlite3_file *file) {
    return faulty_real(file)->pMethods->xClose(faulty_real(file));
}

static inline int faulty_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return faulty_real(file)->pMethods->xRead(faulty_real(file), bytes, count, offset);
}

static inline int faulty_write(sqlite3_file *file, const void *bytes, int count,
                               sqlite3_int64 offset) {
    sqlite3_file *real = faulty_real(file);
    int failure = faulty_judge(FAULTY_WRITE, SQLITE_IOERR_WRITE);
    int code = real->pMethods->xWrite(real, bytes, failure ? count / 2 : count, offset);
    if (failure)
        faulty_die();
    return failure ? failure : code;
}

static inline int faulty_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int failure = faulty_judge(FAULTY_TRUNCATE, SQLITE_IOERR_TRUNCATE);
    if (failure)
        faulty_die();
    if (failure && !faulty.done)
        return failure;
    int code = faulty_real(file)->pMethods->xTruncate(faulty_real(file), size);
    return failure ? failure : code;
}

static inline int faulty_sync(sqlite3_file *file, int flags) {
    (void)file, (void)flags;
    int failure = faulty_judge(FAULTY_SYNC, SQLITE_IOERR_FSYNC);
    if (failure)
        faulty_die();
    return failure;
}

static inline int faulty_size(sqlite3_file *file, sqlite3_int64 *size) {
    return faulty_real(file)->pMethods->xFileSize(faulty_real(file), size);
}

static inline int faulty_lock(sqlite3_file *file, int lock) {
    return faulty_real(file)->pMethods->xLock(faulty_real(file), lock);
}

static inline int faulty_unlock(sqlite3_file *file, int lock) {
    return faulty_real(file)->pMethods->xUnlock(faulty_real(file), lock);
}

static inline int faulty_check_lock(sqlite3_file *file, int *result) {
    return faulty_real(file)->pMethods->xCheckReservedLock(faulty_real(file), result);
}

static inline int faulty_control(sqlite3_file *file, int op, void *argument) {
    return faulty_real(file)->pMethods->xFileControl(faulty_real(file), op, argument);
}

static inline int faulty_sector(sqlite3_file *file) {
    return faulty_real(file)->pMethods->xSectorSize(faulty_real(file));
}

static inline int faulty_device(sqlite3_file *file) {
    return faulty_real(file)->pMethods->xDeviceCharacteristics(faulty_real(file));
}

static inline int faulty_shm_map(sqlite3_file *file, int page, int size, int extend,
                                 void volatile **memory) {
    return faulty_real(file)->pMethods->xShmMap(faulty_real(file), page, size, extend, memory);
}

static inline int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return faulty_real(file)->pMethods->xShmLock(faulty_real(file), offset, count, flags);
}

static inline void faulty_shm_barrier(sqlite3_file *file) {
    faulty_real(file)->pMethods->xShmBarrier(faulty_real(file));
}

static inline int faulty_shm_unmap(sqlite3_file *file, int remove) {
    return faulty_real(file)->pMethods->xShmUnmap(faulty_real(file), remove);
}

/* -------------------------------------------------------------- of the VFS */

static inline sqlite3_vfs *faulty_under(sqlite3_vfs *vfs) {
    return vfs->pAppData;
}

static inline int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                              int *got) {
    static const sqlite3_io_methods methods = {
        2,
        faulty_close,
        faulty_read,
        faulty_write,
        faulty_truncate,
        faulty_sync,
        faulty_size,
        faulty_lock,
        faulty_unlock,
        faulty_check_lock,
        faulty_control,
        faulty_sector,
        faulty_device,
        faulty_shm_map,
        faulty_shm_lock,
        faulty_shm_barrier,
        faulty_shm_unmap,
        NULL,
        NULL,
    };
    struct faulty_file *opened = (struct faulty_file *)file;
    file->pMethods = NULL;
    int code = faulty_judge(FAULTY_OPEN, SQLITE_CANTOPEN);
    if (code != SQLITE_OK) {
        faulty_die();
        return code;
    }
    opened->real = (sqlite3_file *)(opened + 1);
    code = faulty_under(vfs)->xOpen(faulty_under(vfs), name, opened->real, flags, got);
    if (code == SQLITE_OK)
        file->pMethods = &methods;
    return code;
}

static inline int faulty_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    int failure = faulty_judge(FAULTY_DELETE, SQLITE_IOERR_DELETE);
    if (failure)
        faulty_die();
    if (failure && !faulty.done)
        return failure;
    int code = faulty_under(vfs)->xDelete(faulty_under(vfs), name, sync);
    return failure ? failure : code;
}

/* Becomes the default VFS; the calls it does not watch are the system's. */
static inline void faulty_vfs_install(void) {
    static sqlite3_vfs vfs;
    if (vfs.zName)
        return;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    vfs = *real;
    vfs.zName = "faulty";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct faulty_file) + real->szOsFile;
    vfs.pAppData = real;
    vfs.xOpen = faulty_open;
    vfs.xDelete = faulty_delete;
    sqlite3_vfs_register(&vfs, 1);
}

#endif
