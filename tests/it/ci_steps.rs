//! The steps of `ci`, run as the jobs of GitHub, Forgejo and GitLab run them: their environment, a bare repository
//! as the forge, servers on this computer as the live site. No network.

mod change;
mod forge;
mod gate;
mod guard;
mod live;
mod prove;
