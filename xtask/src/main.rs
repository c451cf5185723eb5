//! cargo xtask run | test | bench | soak | bundle.

fn main() {}
