//! The gateway to Stripe: transport, budgets, typed requests, paging.
