package dev.belfry.testkit.store;

import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import java.util.List;

/**
 * Writes down what a session listener is told.
 *
 * @param told each call, as {@code opened 1f}
 * @param opened every session that was opened
 */
record SessionsTold(List<String> told, List<Session> opened) implements SessionListener {

    @Override
    public void opened(Session session) {
        told.add("opened " + session.hex());
        opened.add(session);
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
