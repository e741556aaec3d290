package dev.belfry.agent.client;

import dev.belfry.agent.loop.ThreadLoop;
import dev.belfry.store.StoreConnection;
import java.time.Duration;

/** A {@link ClientLoop} and the thread that it runs on. */
public final class ClientThread implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ThreadLoop thread;
    private final ClientLoop client;

    private ClientThread(ThreadLoop thread, ClientLoop client) {
        this.thread = thread;
        this.client = client;
    }

    /** A client over a connection, started. Closing it leaves the connection open. */
    public static ClientThread over(StoreConnection connection) {
        ThreadLoop thread = ThreadLoop.start("belfry-client");
        ClientLoop client = new ClientLoop(thread, connection.view(thread), connection.address());
        client.start();
        return new ClientThread(thread, client);
    }

    public ClientLoop client() {
        return client;
    }

    @Override
    public void close() {
        if (!thread.isCurrent()) {
            thread.shutdown(PATIENCE);
        }
    }
}
