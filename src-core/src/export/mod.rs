//! Settings written for other tools.
