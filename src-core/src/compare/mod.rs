//! Comparison: a file's measurements against references, a saved profile or the neutral range.
