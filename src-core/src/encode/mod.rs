//! Writing audio files: to a temporary name, renamed when complete, never over an input.
