//! Settings and the processors that carry them out, block by block: no allocation, lock or branch on
//! block size while running, so that the same code renders files and feeds a sound card, bit for bit.

pub mod settings;

pub use settings::Settings;
