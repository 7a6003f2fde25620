//! Reading audio files. With `encode` the only module that touches them.
