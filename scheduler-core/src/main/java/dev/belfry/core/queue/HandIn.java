package dev.belfry.core.queue;

import dev.belfry.core.record.Paths;

/** Where sub-tasks come from that an attempt hands in. */
final class HandIn {

    private HandIn() {}

    /** An attempt, by its number. */
    record Attempt(String incarnation, long number) {

        /** Where a page of it lies until it is taken in. */
        String path(int page) {
            return Paths.handedPage(incarnation, number, page);
        }
    }

    /**
     * A page.
     *
     * @param page its number, from 0
     */
    record Place(Attempt attempt, String runId, int page) {
        String path() {
            return attempt.path(page);
        }
    }

    /**
     * Why an attempt's sub-tasks are not taken in.
     *
     * @param page the first that is not
     */
    record Refusal(int page, String why) {}
}
