package dev.belfry.agent.client;

import dev.belfry.agent.loop.Loop;
import dev.belfry.agent.loop.ThreadLoop;
import dev.belfry.store.StoreConnection;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

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

    /** What the client runs on. */
    public Loop loop() {
        return thread;
    }

    /** Whether the caller is the client's own thread, which must not wait. */
    public boolean isCurrent() {
        return thread.isCurrent();
    }

    public ClientLoop client() {
        return client;
    }

    /** Tells those who follow runs that nobody will tell them. */
    public void endFollowing() {
        try {
            client.close();
        } catch (RejectedExecutionException e) {
            // It is closed already.
            return;
        }
    }

    @Override
    public void close() {
        if (!thread.isCurrent()) {
            thread.shutdown(PATIENCE);
        }
    }
}
