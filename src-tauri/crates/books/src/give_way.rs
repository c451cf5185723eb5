//! Threads that compute for long give way to whoever answers a person: a look at a table would wait
//! for a core behind a load otherwise.

use sqlx::SqliteConnection;

use crate::error::Result;

/// The thread of a connection gives way from now on. SQLite asks what runs on it whether it shall
/// go on, which is the one moment at which a function of ours is called there.
pub(crate) async fn give_way_on(connection: &mut SqliteConnection) -> Result<()> {
    const EVERY_STEP: i32 = 1;
    connection
        .lock_handle()
        .await?
        .set_progress_handler(EVERY_STEP, || {
            give_way();
            true
        });
    let asked = sqlx::query("SELECT count(*) FROM json_each('[1, 2, 3]')")
        .execute(&mut *connection)
        .await;
    connection.lock_handle().await?.remove_progress_handler();
    asked?;
    Ok(())
}

/// The calling thread lets others go first: it gets less of a busy core, and is interrupted at once
/// when another thread wakes up. Where the system cannot do that, it only competes.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    linux::give_way();
}

#[cfg(target_os = "linux")]
mod linux {
    /// How much more willing than others the thread is to wait, of 19: a tenth of a share.
    const NICENESS: i32 = 10;
    /// What Linux lets the thread compute at a time when nobody else wants the core, in
    /// nanoseconds. Whoever wakes up and wants less at a time interrupts it, instead of waiting
    /// for the next tick of the clock.
    const SLICE: u64 = 100_000_000;

    /// Linux's `struct sched_attr`, in its first form.
    #[repr(C)]
    struct Attributes {
        size: u32,
        policy: u32,
        flags: u64,
        nice: i32,
        priority: u32,
        runtime: u64,
        deadline: u64,
        period: u64,
    }

    pub(super) fn give_way() {
        let attributes = Attributes {
            size: 48,
            policy: 0,
            flags: 0,
            nice: NICENESS,
            priority: 0,
            runtime: SLICE,
            deadline: 0,
            period: 0,
        };
        const CALLING_THREAD: libc::pid_t = 0;
        const NO_FLAGS: libc::c_uint = 0;
        // SAFETY: Linux reads the 48 bytes that the structure says it has, and changes the calling
        // thread alone.
        #[expect(unsafe_code, reason = "the C library offers no other way")]
        let _ = unsafe {
            libc::syscall(
                libc::SYS_sched_setattr,
                CALLING_THREAD,
                &raw const attributes,
                NO_FLAGS,
            )
        };
    }
}
