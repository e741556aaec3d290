package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import java.util.List;

/** Writes down what a session listener is told, as {@code opened 1f}. */
record SessionsTold(List<String> told) implements SessionListener {

    @Override
    public void opened(Session session) {
        told.add("opened " + session.hex());
    }

    @Override
    public void suspended(Session session) {
        told.add("suspended " + session.hex());
    }

    @Override
    public void resumed(Session session) {
        told.add("resumed " + session.hex());
    }

    @Override
    public void ended(Session session) {
        told.add("ended " + session.hex());
    }
}
