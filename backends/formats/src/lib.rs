//! The field's files, read with care: what pyve's host, its backends and plugins share and none of them owns.
//!
//! Whatever lies in a project came from somebody else. A name such as `pyproject.toml` promises a small regular
//! file; [`read`] holds it to that before a byte is parsed. Each format has one reader here, which follows the tool
//! that the format belongs to: requirements are what pip reads, specs of conda packages what micromamba reads. This
//! crate knows neither the host nor a backend.

#![deny(missing_docs)]

pub mod activate;
pub mod comments;
pub mod conda_lock;
pub mod conda_package;
pub mod conda_platform;
pub mod conflict_markers;
pub mod dependencies;
pub mod dist_info;
pub mod environment_yml;
pub mod foreign_lock;
pub mod json;
pub mod match_spec;
pub mod name_map;
pub mod nearest;
pub mod package_names;
pub mod pip_resolution;
pub mod pylock;
pub mod pyproject;
pub mod python_name;
pub mod python_version;
pub mod pyve_toml;
pub mod pyvenv_cfg;
pub mod read;
pub mod requirement;
pub mod requirements;
pub mod scripts;
pub mod sha256;
pub mod shebang;
pub mod shell_names;
pub mod shell_word;
pub mod sorted;
pub mod toml_file;
pub mod translation;
pub mod workspace;
mod written;
pub mod yaml;

pub use written::Written;
