//! The use cases. Alone knows the order of the stages; progress and cancelling live here.

mod ahead;
mod apply;
mod check;
mod dates;
mod draft;
mod drive;
pub mod files;
mod guess;
mod host;
mod learn;
mod match_reference;
mod matching;
pub mod measuring;
mod memory;
mod outlook;
pub mod overview;
mod places;
pub mod preferences;
mod proposing;
pub mod references;
mod rehearsal;
pub mod rendering;
mod serving;
pub mod session;
mod systems;
mod target;
#[cfg(test)]
mod test_files;
mod translate;
mod trying;
pub mod unmask;

pub use apply::{ApplyRequest, apply};
pub use check::{CheckRequest, check};
pub use dates::moment;
pub use guess::{Guess, Kind, guess};
pub use host::{Cancel, Early, Host, Progress, Silent};
pub use learn::{LearnRequest, Learnt, learn};
pub use match_reference::{DEFAULT_CEILING_DBTP, MatchRequest, match_reference};
pub use memory::{Memory, Stamp};
pub use outlook::{Master, Outlook, Outlooks, outlooks};
pub use places::data_folder;
pub use proposing::{ProposeRequest, propose};
pub use systems::{all_systems, chosen_systems, find_system, import_system, own_folder, own_systems, read_measurement};
pub use target::Target;
pub use translate::{TranslateRequest, translate};
pub use trying::{RenderRequest, Tried, TryRequest, render_settings, try_settings};
