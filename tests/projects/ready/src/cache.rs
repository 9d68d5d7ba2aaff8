//! Answers about parcels, kept in Redis until they are an hour old or the parcel changes.

use crate::parcels::Parcel;
use crate::settings::CacheSettings;
use redis::AsyncCommands;
use redis::aio::ConnectionManager;
use secrecy::ExposeSecret;
use uuid::Uuid;

/// The cache.
#[derive(Clone)]
pub struct Cache {
    redis: ConnectionManager,
    ttl_seconds: u64,
}

impl Cache {
    /// Connects over TLS.
    pub async fn connect(settings: &CacheSettings) -> anyhow::Result<Self> {
        let client = redis::Client::open(settings.redis_url.expose_secret())?;
        Ok(Self { redis: client.get_connection_manager().await?, ttl_seconds: settings.ttl_seconds })
    }

    /// Whether it answers.
    pub async fn ping(&self) -> redis::RedisResult<()> {
        redis::cmd("PING").query_async(&mut self.redis.clone()).await
    }

    /// A parcel, if it was asked for lately. A cache that fails is a cache that is empty.
    pub async fn get(&self, id: Uuid) -> Option<Parcel> {
        let text: Option<String> = self.redis.clone().get(key(id)).await.ok()?;
        serde_json::from_str(&text?).ok()
    }

    /// Keeps a parcel.
    pub async fn put(&self, parcel: &Parcel) {
        if let Ok(text) = serde_json::to_string(parcel) {
            let _: redis::RedisResult<()> =
                self.redis.clone().set_ex(key(parcel.id), text, self.ttl_seconds).await;
        }
    }

    /// Forgets a parcel that has changed.
    pub async fn forget(&self, id: Uuid) {
        let _: redis::RedisResult<()> = self.redis.clone().del(key(id)).await;
    }
}

fn key(id: Uuid) -> String {
    format!("parcel:{id}")
}
