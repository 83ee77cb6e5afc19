//! The contract between pyve and its backends: five questions, answered with data.
//!
//! pyve gives every Python project one entry point for its environments. *How* an environment is
//! made, entered and examined is known to a **backend**. This crate is all that a backend may know
//! of pyve, and this page is the manual of those who write one.
//!
//! Implement [`Backend`]: a [description](Backend::describe) and five questions.
//!
//! | method | question | answer |
//! | --- | --- | --- |
//! | [`detect`](Backend::detect) | does this project ask for you? | [`Detection`]s of marker files |
//! | [`ensure_tool`](Backend::ensure_tool) | where is your tool? | [`ToolAnswer`]: found, or the [`Recipe`]s to get it |
//! | [`create`](Backend::create) | how is the environment made? | [`Creation`]: where, what stands there, and [`Step`]s |
//! | [`run`](Backend::run) | how is a command run inside? | [`Launch`]: folders, variables, what it depends on |
//! | [`diagnose`](Backend::diagnose) | what is wrong? | [`Finding`]s with the command that mends each |
//!
//! Where nothing was recorded, one that has a default may be asked as well:
//!
//! | method | question | answer |
//! | --- | --- | --- |
//! | [`inspect`](Backend::inspect) | which of your environments stand here? | [`Inspection`], read from their files |
//!
//! **A backend plans, the host acts.** No method changes anything. The host prints, asks, downloads,
//! runs, locks and records, so a dry run is exact, downloads are verified in one place, and a backend
//! needs neither a terminal nor TLS nor `unsafe`.
//!
//! # How the types last
//!
//! Answers cross the boundary of a dynamic library by value. Within major version 1 of this crate
//! their layout is frozen; each has an `extension` field, a JSON object, to grow by. Enumerations
//! are open numbers: a value that one side does not know is data. Methods are only ever appended,
//! each with a default. A difference of layout is found when a library is opened, before anything
//! in it is called.
//!
//! Fields are public to read; values are built with the constructors and methods of the same name.

#![deny(missing_docs)]
// The derives of abi_stable put impl blocks into function bodies.
#![allow(non_local_definitions)]

mod backend;
mod command;
mod creation;
mod description;
mod detection;
mod error;
mod finding;
mod host;
mod inspection;
mod launch;
mod open_enum;
mod os_text;
mod request;
mod step;
mod tool;

pub mod abi;
pub mod testing;

pub use abi_stable;
pub use abi_stable::std_types::{ROption, RString, RVec};

pub use backend::Backend;
pub use command::{Command, Output, Variable};
pub use creation::{Creation, PrefixState, Spec};
pub use description::{Description, Setting, SettingKind};
pub use detection::{Detection, Marker, Strength};
pub use error::{Error, ErrorBody, Result};
pub use finding::{Finding, Status};
pub use host::{Host, Level};
pub use inspection::{ExistingEnvironment, Inspection};
pub use launch::{Launch, Nesting, PathEntry};
pub use os_text::OsText;
pub use request::{PythonRequest, Recorded, Request, SettingValue};
pub use step::{Consent, Download, Recipe, Step, StepKind};
pub use tool::{Tool, ToolAnswer};
