package dev.belfry.store.zk;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.utils.DebugUtils;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.ACL;

/** Curator, configured: it never retries, never reads from a read-only server, and keeps the server list that it was given. */
final class Client {
    private static final int CLOSE_WAIT_MS = 3000;

    private Client() {}

    static CuratorFramework of(ZkSettings settings, Access access, Sessions sessions, Executor chores) {
        // Curator logs a stack trace per lost request otherwise; Outage says it once.
        if (System.getProperty(DebugUtils.PROPERTY_DONT_LOG_CONNECTION_ISSUES) == null) {
            System.setProperty(DebugUtils.PROPERTY_DONT_LOG_CONNECTION_ISSUES, "true");
        }
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.connectString())
                .sessionTimeoutMs((int) settings.sessionTimeout().toMillis())
                .connectionTimeoutMs((int) settings.connectionTimeout().toMillis())
                .retryPolicy((count, elapsed, sleeper) -> false)
                .canBeReadOnly(false)
                .ensembleTracker(false)
                .dontUseContainerParents()
                .aclProvider(everywhere(access.acl()))
                .defaultData(new byte[0])
                .zookeeperFactory(sessions)
                .zkClientConfig(config(settings))
                .threadFactory(threads("belfry-zk-curator"))
                .runSafeService(chores)
                .maxCloseWaitMs(CLOSE_WAIT_MS)
                .waitForShutdownTimeoutMs(CLOSE_WAIT_MS);
        if (settings.identity() instanceof ZkIdentity.Digest digest) {
            builder.authorization("digest", Access.credentials(digest));
        }
        return builder.build();
    }

    private static ZKClientConfig config(ZkSettings settings) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(Limits.ANSWER));
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        settings.tls().ifPresent(tls -> secure(config, tls));
        return config;
    }

    private static void secure(ZKClientConfig config, ZkTls tls) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (ClientX509Util names = new ClientX509Util()) {
            config.setProperty(
                    names.getSslTruststoreLocationProperty(), tls.trust().file().toString());
            config.setProperty(
                    names.getSslTruststorePasswdProperty(),
                    new String(tls.trust().password().get()));
            config.setProperty(
                    names.getSslHostnameVerificationEnabledProperty(), Boolean.toString(tls.verifyHostname()));
            // Set even if there is none: ZooKeeper would take one from the properties of the JVM.
            config.setProperty(
                    names.getSslKeystoreLocationProperty(),
                    tls.key().map(key -> key.file().toString()).orElse(""));
            config.setProperty(
                    names.getSslKeystorePasswdProperty(),
                    tls.key().map(key -> new String(key.password().get())).orElse(""));
        }
    }

    private static ACLProvider everywhere(List<ACL> acl) {
        return new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return acl;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return acl;
            }
        };
    }

    /** Daemon threads with names that tell what they belong to. */
    static ThreadFactory threads(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
