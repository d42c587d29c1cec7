//! A fake AWS that runs beside a test, on a thread of its own.

use std::sync::MutexGuard;

use fake_aws::FakeAws;
use fake_aws::world::World;
use tokio::runtime::Runtime;

/// A running fake AWS; it stops with the test.
pub struct Aws {
    // Dropped before the runtime on which it runs.
    fake: FakeAws,
    _runtime: Runtime,
}

impl Aws {
    /// Serves a World that is written as YAML.
    pub fn serve_yaml(world: &str) -> Self {
        Self::serve(World::from_yaml(world).expect("the test's world does not read"))
    }

    /// Serves a World.
    pub fn serve(world: World) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("no runtime can be made");
        let fake = runtime.block_on(FakeAws::start(world)).expect("the fake AWS does not start");
        Self { fake, _runtime: runtime }
    }

    /// Returns the endpoint's URL.
    pub fn url(&self) -> String {
        self.fake.url()
    }

    /// Returns the environment that points a client at it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.fake.environment().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Returns the World, locked.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.fake.world()
    }
}
