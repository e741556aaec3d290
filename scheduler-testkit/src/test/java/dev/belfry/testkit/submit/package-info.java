/** What is submitted to the queue is there once, or not at all, as its submitter was told. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.submit;
