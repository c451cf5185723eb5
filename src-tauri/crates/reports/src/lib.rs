//! Exports for finance: CSV, Excel, control sheets, statements.
