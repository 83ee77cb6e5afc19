//! The contract between pyve and its backends: five questions, answered with data.
//!
//! pyve gives every Python project one entry point for its environments. *How* an environment is
//! created, entered and examined is known to a **backend**. This crate is all that a backend may know
//! of pyve, and this page is the manual of those who write one.
//!
//! Implement [`Backend`]: a [description](Backend::describe) and five questions.
//!
//! | method | question | answer |
//! | --- | --- | --- |
//! | [`detect`](Backend::detect) | does this project ask for you? | [`Detection`]s of marker files |
//! | [`ensure_tool`](Backend::ensure_tool) | where is your tool? | [`ToolAnswer`]: found, or the [`Recipe`]s to get it |
//! | [`create`](Backend::create) | how is the environment created? | [`Creation`]: where, what stands there, and [`Step`]s |
//! | [`run`](Backend::run) | how is a command run inside? | [`Launch`]: directories, variables, what it depends on |
//! | [`diagnose`](Backend::diagnose) | what is wrong? | [`Finding`]s with the command that fixes each |
//!
//! The others have an answer by default. The first is asked where nothing was recorded; whoever answers one of the rest has
//! that capability, and pyve asks for it:
//!
//! | method | question | answer |
//! | --- | --- | --- |
//! | [`inspect`](Backend::inspect) | which of your environments stand here? | [`Inspection`], read from their files |
//! | [`update`](Backend::update) | how is it brought in line, in place? | [`Update`]: steps |
//! | [`lock`](Backend::lock) | how fresh is the lock, and how is it written? | [`Lock`]: its state, [`Solve`]s, content |
//! | [`requirements`](Backend::requirements) | what do your files ask for? | [`Requirements`], in one model for all |
//! | [`adopt`](Backend::adopt) | how do you write what another asked for? | [`Adoption`]: files, and what became of each |
//! | [`packages`](Backend::packages) | what is installed? | [`Package`]s, read from their files |
//! | [`environments`](Backend::environments) | which environments do your files declare? | [`DeclaredEnvironment`]s |
//!
//! **A backend plans, the host acts.** No method changes anything. The host prints, asks, downloads,
//! runs, locks and records, so a dry run is exact, downloads are verified in one place, and a backend
//! needs neither a terminal nor TLS nor `unsafe`.
//!
//! # How the types last
//!
//! Answers cross the boundary of a dynamic library by value. Within major version 1 of this crate
//! their layout is frozen; each has an [`Extension`], a JSON object, to grow by. Enumerations
//! are open numbers: a value that one side does not know is data. Methods are only ever appended,
//! each with a default. A difference of layout is found when a library is opened, before anything
//! in it is called. So a plugin built with version 1.x works in every pyve that speaks version 1, older or newer.
//!
//! Fields are public to read; values are built with the constructors and methods of the same name.
//!
//! A plugin needs no other crate. The types of abi_stable and the traits of serde that stand in this one belong to the contract.

#![deny(missing_docs)]
// The derives of abi_stable put impl blocks into function bodies.
#![allow(non_local_definitions)]

mod archive;
mod backend;
mod command;
mod creation;
mod description;
mod detection;
mod download;
mod error;
mod extension;
mod finding;
mod host;
mod inspection;
mod launch;
mod lock;
mod open_enum;
mod os_text;
mod outer;
mod output_filter;
mod own_command;
mod package;
mod python;
mod question;
mod recipe;
mod remedy;
mod request;
mod requirement;
mod solve;
mod step;
mod tool;
mod update;

pub mod abi;
pub mod testing;

/// The example of README.md is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use abi_stable;
pub use abi_stable::std_types::{ROption, RString, RVec};

pub use archive::{Archive, ArchiveKind};
pub use backend::Backend;
pub use command::{Command, Output, Variable};
pub use creation::{Creation, PrefixState, Spec};
pub use description::{Description, Setting, SettingKind};
pub use detection::{Detection, Marker, Strength, detect_markers};
pub use download::Download;
pub use error::{Error, ErrorBody, ErrorKind, Result};
pub use extension::Extension;
pub use finding::{Finding, FindingKind, Status};
pub use host::{Host, Level};
pub use inspection::{ExistingEnvironment, Inspection};
pub use launch::{Caution, Launch, Nesting, PathEntry};
pub use lock::{Lock, LockChange, LockRequest, LockState};
pub use os_text::OsText;
pub use outer::{Outer, VariablesFile};
pub use output_filter::{OutputFilter, OutputHint};
pub use own_command::OwnCommand;
pub use package::{DeclaredEnvironment, Package};
pub use python::{Interpreter, PythonSearch, PythonSpec};
pub use question::{Question, UnknownQuestion};
pub use recipe::{Consent, Recipe};
pub use remedy::Remedy;
pub use request::{PythonRequest, Recorded, Request, Scope, SettingValue};
pub use requirement::{Adopted, AdoptedLine, Adoption, Ecosystem, Fate, Requirement, Requirements};
pub use solve::{Solve, SolveFile, Solved};
pub use step::{Step, StepKind};
pub use tool::{Tool, ToolAnswer};
pub use update::Update;
