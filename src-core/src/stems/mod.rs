//! Stems of a mix: what each is, how loud it stands in the mix, and who masks whom.
//!
//! Works on maps ([`crate::measure::StemMap`]), never on samples. Masking is partial loudness after Moore, Glasberg and Baer
//! (1997) of each stem beside the others; the quantity is the masked-to-unmasked ratio of Aichinger, Sontacchi and
//! Schneider-Stickler, "Describing the transparency of mixdowns: the masked-to-unmasked ratio", 130th AES Convention, 2011.

mod balance;
mod ears;
mod masking;
mod pairs;
mod picture;
mod role;
mod scene;
mod sum;

pub use balance::{Usual, plausible_most_lu, usual};
pub use ears::{Placed, pan_gains, place_helps};
pub use masking::{MatrixCell, MissingBand, Pair, Picture, Region, Resum, StemFacts, StemMasking};
pub use pairs::{CRITICAL, Findings, find_pairs};
pub use picture::picture;
pub use role::{Role, RoleBasis, role_of, role_of_name};
pub use scene::{Band, OCTAVES_HZ, PLAYBACK_DB_SPL, Place, Scene};
pub use sum::{Aligner, Alignment};
