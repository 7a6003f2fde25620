//! Undo and redo.

use super::Session;
use std::collections::VecDeque;

/// Steps that can be undone.
pub const STEPS: usize = 200;

/// The states of a session before each of its last edits, and those that were undone.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: VecDeque<Step>,
    future: Vec<Step>,
}

/// A state, and the edit that led away from it (or, once undone, to it).
#[derive(Clone, Debug)]
struct Step {
    label: String,
    session: Session,
}

impl History {
    /// An edit is about to change `before` into `after`. One that changes nothing is no step; one with the same `label` as the step before
    /// it that may `join` becomes part of that step, as the many positions of one drag do.
    pub fn record(&mut self, label: &str, before: Session, after: &Session, join: Join) {
        if before == *after {
            return;
        }
        self.future.clear();
        if join == Join::SameLabel && self.past.back().is_some_and(|last| last.label == label) {
            return;
        }
        if self.past.len() == STEPS {
            self.past.pop_front();
        }
        self.past.push_back(Step { label: label.to_owned(), session: before });
    }

    /// Goes one step back from `session`; false where there is none.
    pub fn undo(&mut self, session: &mut Session) -> bool {
        let Some(Step { label, session: before }) = self.past.pop_back() else { return false };
        self.future.push(Step { label, session: std::mem::replace(session, before) });
        true
    }

    /// Goes one step forward again; false where there is none.
    pub fn redo(&mut self, session: &mut Session) -> bool {
        let Some(Step { label, session: after }) = self.future.pop() else { return false };
        self.past.push_back(Step { label, session: std::mem::replace(session, after) });
        true
    }

    /// What would be undone, in a few words.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.back().map(|step| step.label.as_str())
    }

    /// What would be done again, in a few words.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// Changes every remembered state alike: what happened outside (a file that was written) cannot be undone.
    pub(super) fn for_all(&mut self, mut change: impl FnMut(&mut Session)) {
        self.past.iter_mut().chain(&mut self.future).for_each(|step| change(&mut step.session));
    }
}

/// Whether an edit may become part of the step before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// It is a step of its own.
    Never,
    /// It joins a step of the same label.
    SameLabel,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> Session {
        Session { title: title.into(), ..Session::default() }
    }

    /// Renames as an edit does.
    fn rename(history: &mut History, session: &mut Session, title: &str, label: &str, join: Join) {
        let before = session.clone();
        session.title = title.into();
        history.record(label, before, session, join);
    }

    #[test]
    fn edits_are_undone_in_order_and_done_again() {
        let (mut history, mut session) = (History::default(), titled("a"));
        rename(&mut history, &mut session, "b", "to b", Join::Never);
        rename(&mut history, &mut session, "c", "to c", Join::Never);
        assert_eq!((history.undo_label(), history.redo_label()), (Some("to c"), None));
        assert!(history.undo(&mut session) && session.title == "b");
        assert!(history.undo(&mut session) && session.title == "a");
        assert!(!history.undo(&mut session));
        assert_eq!(history.redo_label(), Some("to b"));
        assert!(history.redo(&mut session) && history.redo(&mut session) && session.title == "c");
        assert!(!history.redo(&mut session));
        history.undo(&mut session);
        rename(&mut history, &mut session, "d", "to d", Join::Never);
        assert!(!history.redo(&mut session), "a new edit ends what could be done again");
    }

    #[test]
    fn a_drag_is_one_step_and_no_change_is_none() {
        let (mut history, mut session) = (History::default(), titled("a"));
        for title in ["b", "c", "d"] {
            rename(&mut history, &mut session, title, "drag", Join::SameLabel);
        }
        rename(&mut history, &mut session, "d", "nothing", Join::Never);
        assert_eq!(history.undo_label(), Some("drag"));
        assert!(history.undo(&mut session) && session.title == "a");
        assert!(!history.undo(&mut session));
    }

    #[test]
    fn the_last_two_hundred_steps_are_kept() {
        let (mut history, mut session) = (History::default(), titled("0"));
        for step in 1..=STEPS + 5 {
            rename(&mut history, &mut session, &step.to_string(), "step", Join::Never);
        }
        let mut undone = 0;
        while history.undo(&mut session) {
            undone += 1;
        }
        assert_eq!((undone, session.title.as_str()), (STEPS, "5"));
    }
}
