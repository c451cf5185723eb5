//! Meterdesk, the desktop app.

fn main() {}
