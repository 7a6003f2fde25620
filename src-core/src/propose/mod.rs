//! Planners: comparisons and findings in, settings with their expected effect out.

pub mod eq_fit;
pub mod planners;
mod proposal;
pub mod unmask;

pub use proposal::{Amounts, Dimension, Expectation, MatchMode, Move, Proposal, SystemScore, TranslationTrade};
