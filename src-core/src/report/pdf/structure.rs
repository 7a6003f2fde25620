//! What the pieces of the pages are to a reader that cannot see them: headings, paragraphs, tables, figures with their description.
//!
//! References: ISO 32000-1:2008, 14.7 and 14.8 (tagged PDF). Rules, gauges and footers are artifacts; what they show is said in words.

use krilla::tagging::{Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};
use std::num::NonZeroU16;

/// What a part of the document is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    /// A heading of a level, 1 for the verdict, with its text.
    Heading(u16, String),
    Paragraph,
    /// A picture, with the sentence that says what it shows.
    Figure(String),
    Table,
    Row,
    /// Head of a column.
    Head,
    Cell,
    List,
    Item,
}

/// A part by its place in [`Structure`].
pub(super) type Part = usize;

/// All parts, in reading order.
#[derive(Debug, Default)]
pub(super) struct Structure {
    parts: Vec<(Role, Option<Part>)>,
}

impl Structure {
    /// A new part inside another, or at the top.
    pub(super) fn add(&mut self, role: Role, inside: Option<Part>) -> Part {
        self.parts.push((role, inside));
        self.parts.len() - 1
    }

    /// Number of parts.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The tree that a PDF wants, given the pieces of content of each part.
    pub(super) fn tree(&self, content: &[Vec<Identifier>]) -> TagTree {
        let mut children: Vec<Vec<Part>> = vec![Vec::new(); self.parts.len()];
        let mut top = Vec::new();
        for (part, (_, inside)) in self.parts.iter().enumerate() {
            match inside.and_then(|i| children.get_mut(i)) {
                Some(siblings) => siblings.push(part),
                None => top.push(part),
            }
        }
        let mut tree = TagTree::new();
        for node in top.iter().filter_map(|part| self.node(*part, &children, content)) {
            tree.push(node);
        }
        tree
    }

    /// A part with everything inside it; none if nothing of it was drawn.
    fn node(&self, part: Part, children: &[Vec<Part>], content: &[Vec<Identifier>]) -> Option<Node> {
        let (role, _) = self.parts.get(part)?;
        let inner = children.get(part).into_iter().flatten().filter_map(|child| self.node(*child, children, content));
        let leaves = content.get(part).into_iter().flatten().map(|id| Node::Leaf(*id));
        let nodes: Vec<Node> = inner.chain(leaves).collect();
        if nodes.is_empty() {
            return None;
        }
        let nodes = if *role == Role::Item { vec![Node::Group(TagGroup::with_children(Tag::LBody, nodes))] } else { nodes };
        Some(Node::Group(TagGroup::with_children(tag(role), nodes)))
    }
}

fn tag(role: &Role) -> TagKind {
    match role {
        Role::Heading(level, title) => Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Figure(description) => Tag::Figure(Some(description.clone())).into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::Head => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::List => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
    }
}
