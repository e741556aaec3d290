package dev.belfry.console.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** How much of the log is shown: servers log as services do, commands that answer and end say nothing besides. */
final class LogLevel {
    private static final Set<String> SERVERS = Set.of("agent", "zookeeper", "export-history");

    private static final Set<String> NOISY = Set.of(
            "org.apache.zookeeper.ClientCnxn",
            "org.apache.zookeeper.ClientCnxnSocketNetty",
            "org.apache.zookeeper.server.NIOServerCnxn",
            "org.apache.zookeeper.server.ServerCnxnFactory",
            "org.apache.curator.CuratorZookeeperClient");

    private LogLevel() {}

    static void set(boolean debug, String command) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            boolean server = SERVERS.contains(command);
            root.setLevel(debug ? Level.INFO : server ? Level.WARN : Level.OFF);
            context.getLogger("dev.belfry").setLevel(debug || server ? Level.INFO : Level.OFF);
            // With every attempt to connect a stack trace; Belfry says once that there is no connection.
            NOISY.forEach(name -> context.getLogger(name).setLevel(debug ? null : Level.OFF));
        }
    }
}
