module tierline.test/slow

go 1.24
