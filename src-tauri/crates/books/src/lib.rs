//! The local encrypted books: history, usage and ledger, their projections, backup.
