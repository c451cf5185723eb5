//! The shell: windows, commands, notifications.
