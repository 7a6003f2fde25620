//! The use cases. Alone knows the order of the stages; progress and cancelling live here.

mod ahead;
mod apply;
mod check;
mod drive;
pub mod files;
mod host;
mod learn;
mod match_reference;
pub mod measuring;
pub mod references;
pub mod rendering;
mod serving;
mod systems;
mod translate;
pub mod unmask;

pub use apply::{ApplyRequest, apply};
pub use check::{CheckRequest, check};
pub use host::{Cancel, Host, Progress, Silent};
pub use learn::{LearnRequest, Learnt, learn};
pub use match_reference::{DEFAULT_CEILING_DBTP, MatchRequest, match_reference};
pub use systems::{all_systems, chosen_systems, find_system, import_system, own_folder, own_systems, read_measurement};
pub use translate::{TranslateRequest, translate};
