/** The shared work directory: content-addressed generations, manifests, and who may replace them. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.search.work;
